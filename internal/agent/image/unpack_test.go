package image

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
)

func special(kind byte, name, target string) imagetest.Entry {
	return imagetest.Entry{Header: tar.Header{Typeflag: kind, Name: name, Linkname: target, Mode: 0o4777}}
}

func folder(name string) imagetest.Entry          { return special(tar.TypeDir, name, "") }
func symlink(name, target string) imagetest.Entry { return special(tar.TypeSymlink, name, target) }
func hardlink(name, target string) imagetest.Entry {
	return special(tar.TypeLink, name, target)
}

var file = imagetest.File

// unpack applies layers to a fresh root, which lies in a folder that holds a canary.
func unpack(t testing.TB, bounds Bounds, layers ...[]byte) (root string, err error) {
	t.Helper()
	outside := t.TempDir()
	canary := filepath.Join(outside, "canary")
	if err := os.WriteFile(canary, []byte("alive"), 0o600); err != nil {
		t.Fatal(err)
	}
	root = filepath.Join(outside, "rootfs")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	u := &unpacker{root: r, bounds: bounds, sent: func() int64 { return math.MaxInt32 }}
	for _, l := range layers {
		if err = u.apply(bytes.NewReader(l)); err != nil {
			break
		}
	}
	checkHarmless(t, outside)
	return root, err
}

// checkHarmless looks at everything that unpacking made: nothing outside of the root,
// nothing but files, folders and links that stay inside, no special bits.
func checkHarmless(t testing.TB, outside string) {
	t.Helper()
	entries, err := os.ReadDir(outside)
	if err != nil || len(entries) != 2 {
		t.Fatalf("something appeared beside the root: %v, %v", entries, err)
	}
	if text, err := os.ReadFile(filepath.Join(outside, "canary")); err != nil || string(text) != "alive" {
		t.Fatalf("the canary is hurt: %q, %v", text, err)
	}
	root := filepath.Join(outside, "rootfs")
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky|fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) != 0 ||
			info.Mode()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o022 != 0 {
			t.Fatalf("%s has mode %s", name, info.Mode())
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			if err != nil {
				return err
			}
			if to := filepath.Join(filepath.Dir(name), target); filepath.IsAbs(target) || to != root && !strings.HasPrefix(to, root+"/") {
				t.Fatalf("%s leads to %s", name, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func packed(t testing.TB, entries ...imagetest.Entry) []byte {
	t.Helper()
	b, err := imagetest.Tar(entries...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tree lists what is in a root: contents of files, targets of links, "/" for folders.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		short := strings.TrimPrefix(name, root+"/")
		switch {
		case d.IsDir():
			found[short] = "/"
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(name)
			found[short] = "-> " + target
			return err
		default:
			text, err := os.ReadFile(name)
			found[short] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLayersLieOverEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		layers [][]imagetest.Entry
		want   map[string]string
	}{
		"plain":    {[][]imagetest.Entry{{file("./a/b", "1"), file("c", "2")}}, map[string]string{"a": "/", "a/b": "1", "c": "2"}},
		"replaced": {[][]imagetest.Entry{{file("a", "1")}, {file("a", "2")}}, map[string]string{"a": "2"}},
		"file to folder": {
			[][]imagetest.Entry{{file("a", "1")}, {folder("a/"), file("a/b", "2")}},
			map[string]string{"a": "/", "a/b": "2"},
		},
		"folder to file": {[][]imagetest.Entry{{file("a/b", "1")}, {file("a", "2")}}, map[string]string{"a": "2"}},
		"kept folder":    {[][]imagetest.Entry{{file("a/b", "1")}, {folder("a"), file("a/c", "2")}}, map[string]string{"a": "/", "a/b": "1", "a/c": "2"}},
		"whiteout":       {[][]imagetest.Entry{{file("a/b", "1"), file("a/c", "2")}, {file("a/.wh.b", "")}}, map[string]string{"a": "/", "a/c": "2"}},
		"whiteout of a folder": {
			[][]imagetest.Entry{{file("a/b/c", "1")}, {file("a/.wh.b", "")}}, map[string]string{"a": "/"},
		},
		"opaque first": {
			[][]imagetest.Entry{{file("a/b", "1"), file("a/d/e", "1")}, {file("a/.wh..wh..opq", ""), file("a/c", "2")}},
			map[string]string{"a": "/", "a/c": "2"},
		},
		"opaque last": {
			[][]imagetest.Entry{{file("a/b", "1"), file("a/d/e", "1")}, {file("a/d/f", "2"), file("a/.wh..wh..opq", "")}},
			map[string]string{"a": "/", "a/d": "/", "a/d/f": "2"},
		},
		"absolute link": {
			[][]imagetest.Entry{{symlink("bin", "/usr/bin"), file("usr/bin/sh", "1")}, {file("bin/ls", "2")}},
			map[string]string{"bin": "-> usr/bin", "usr": "/", "usr/bin": "/", "usr/bin/sh": "1", "usr/bin/ls": "2"},
		},
		"link below a linked folder": {
			[][]imagetest.Entry{{folder("usr/lib"), symlink("lib", "usr/lib"), symlink("lib/x", "/etc/x"), symlink("lib/y", "../../etc/y")}},
			map[string]string{"lib": "-> usr/lib", "usr": "/", "usr/lib": "/", "usr/lib/x": "-> ../../etc/x", "usr/lib/y": "-> ../../etc/y"},
		},
		"link to the root": {[][]imagetest.Entry{{symlink("a/b", "/")}}, map[string]string{"a": "/", "a/b": "-> .."}},
		"hard link":        {[][]imagetest.Entry{{file("a", "1"), hardlink("b", "a")}, {file("a", "2")}}, map[string]string{"a": "2", "b": "1"}},
		"hard link to a link": {
			[][]imagetest.Entry{{file("x/f", "1"), symlink("x/a", "f"), hardlink("b", "x/a")}},
			map[string]string{"x": "/", "x/f": "1", "x/a": "-> f", "b": "-> x/f"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var layers [][]byte
			for _, l := range c.layers {
				layers = append(layers, packed(t, l...))
			}
			root, err := unpack(t, DefaultBounds(), layers...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, tree(t, root)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile are layers that must be refused, with the words of the refusal.
func hostile(t testing.TB) map[string]struct {
	layer []byte
	says  string
} {
	deep := strings.Repeat("d/", 100) + "f"
	return map[string]struct {
		layer []byte
		says  string
	}{
		"parent":             {packed(t, file("../canary", "dead")), "not plain"},
		"parent inside":      {packed(t, file("a/../../canary", "dead")), "not plain"},
		"absolute":           {packed(t, file("/etc/passwd", "dead")), "absolute"},
		"escaping link":      {packed(t, symlink("a", "../canary")), "leaves the image"},
		"escaping deep link": {packed(t, symlink("a/b/c", "x/../../../../canary")), "leaves the image"},
		"circle":             {packed(t, symlink("a", "b"), symlink("b", "a"), file("a/x", "dead")), "circle"},
		"hard link outside":  {packed(t, hardlink("a", "../canary")), "a link to"},
		"hard link to none":  {packed(t, hardlink("a", "/etc/shadow")), "not there"},
		"hard link to dir":   {packed(t, folder("d"), hardlink("a", "d")), "no file"},
		"device":             {packed(t, special(tar.TypeChar, "null", "")), "device"},
		"block device":       {packed(t, special(tar.TypeBlock, "sda", "")), "device"},
		"pipe":               {packed(t, special(tar.TypeFifo, "p", "")), "device or pipe"},
		"whiteout of parent": {packed(t, file("a/.wh...", "")), "removes nothing"},
		"whiteout of nobody": {packed(t, file(".wh.", "")), "removes nothing"},
		"file as folder":     {packed(t, file("a", ""), file("a/b", "")), "folder is needed"},
		"deep":               {packed(t, file(deep, "")), "folders deep"},
		"long":               {packed(t, file(strings.Repeat("n", 300), "")), "longer"},
		"not an archive":     {bytes.Repeat([]byte{7}, 4096), "read layer"},
		"cut off":            {packed(t, file("a", strings.Repeat("x", 5000)))[:2048], "EOF"},
	}
}

func TestHostileLayersAreRefused(t *testing.T) {
	for name, c := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			if _, err := unpack(t, DefaultBounds(), c.layer); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

// A link that an earlier layer laid must not carry a later one out of the root, and a
// special bit must not survive: unpack looks at both.
func TestALaterLayerCannotWriteThroughALink(t *testing.T) {
	root, err := unpack(t, DefaultBounds(), packed(t, symlink("a", "/etc"), symlink("c", "f"), file("f", "1")), packed(t, file("a/passwd", "2"), file("c", "3")))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "-> etc", "c": "3", "etc": "/", "etc/passwd": "2", "f": "1"}
	if diff := cmp.Diff(want, tree(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestBounds(t *testing.T) {
	small := Bounds{Bytes: 10_000, Files: 5, PathBytes: 20, Depth: 3, Ratio: 10}
	for name, c := range map[string]struct {
		layer []byte
		says  string
	}{
		"files":   {packed(t, file("a", ""), file("b", ""), file("c", ""), file("d", ""), file("e", ""), file("f", "")), "more than 5 files"},
		"folders": {packed(t, file("a/b/c", ""), file("d/e/f", "")), "more than 5 files"},
		"bytes":   {packed(t, file("a", strings.Repeat("x", 20_000))), "unpacks to more"},
		"path":    {packed(t, file("a/"+strings.Repeat("x", 20), "")), "longer than 20"},
		"target":  {packed(t, symlink("a", strings.Repeat("x", 50))), "longer than 20"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := unpack(t, small, c.layer); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
}

func TestABombIsStopped(t *testing.T) {
	u := &unpacker{bounds: DefaultBounds(), sent: func() int64 { return 1000 }}
	if err := u.over(ratioFloor); err != nil {
		t.Errorf("a small image: %v", err)
	}
	if err := u.over(ratioFloor + 1); err == nil {
		t.Error("64 MiB of 1,000 bytes went through")
	}
}

func FuzzUnpack(f *testing.F) {
	bad := hostile(f)
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		f.Add(bad[name].layer, []byte{})
	}
	f.Add(packed(f, symlink("a", "/usr"), file("a/b", "1")), packed(f, file("a/.wh.b", ""), hardlink("c", "usr/b"), file("usr/.wh..wh..opq", "")))
	small := Bounds{Bytes: 1 << 20, Files: 100, PathBytes: 200, Depth: 10, Ratio: 1000}
	f.Fuzz(func(t *testing.T, lower, upper []byte) {
		_, _ = unpack(t, small, lower, upper) // which looks at what became of it
	})
}
