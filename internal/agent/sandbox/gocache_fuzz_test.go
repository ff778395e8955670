package sandbox

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Whatever the archive holds: plain files with the expected names come out of it, or nothing does.
func FuzzUnpackGo(f *testing.F) {
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeReg, Name: "./1.a", Size: 1},
		{Typeflag: tar.TypeReg, Name: "../1.a", Size: 1},
		{Typeflag: tar.TypeReg, Name: "/etc/importcfg", Size: 1},
		{Typeflag: tar.TypeReg, Name: "1.a/importcfg", Size: 1},
		{Typeflag: tar.TypeSymlink, Name: "importcfg", Linkname: "/etc/passwd"},
		{Typeflag: tar.TypeLink, Name: "importcfg", Linkname: "../secret"},
		{Typeflag: tar.TypeFifo, Name: "1.a"},
		{Typeflag: tar.TypeDir, Name: "../x/"},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&h); err != nil {
			f.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte("x")); err != nil {
				f.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:512])
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "library")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		_ = unpackGo(bytes.NewReader(archive), dir)
		err := filepath.WalkDir(outside, func(name string, e fs.DirEntry, err error) error {
			if err != nil || name == outside || name == dir {
				return err
			}
			if filepath.Dir(name) != dir || !e.Type().IsRegular() || !goCacheName.MatchString(e.Name()) {
				t.Errorf("unpacked %s, %s", name, e.Type())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
