package sandbox

import (
	"bytes"
	"debug/elf"
	"io/fs"
	"strings"
	"testing"
)

// The modules of warmed interpreters are loaded beside whatever libc an image has: of glibc they want nothing younger than
// 2.17, and nothing that musl has not.
func TestModulesLoadAnywhere(t *testing.T) {
	names, err := fs.Glob(built, "helper/*.so")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Skip("the helper is not built")
	}
	for _, name := range names {
		content, err := built.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := elf.NewFile(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := f.ImportedSymbols()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range wanted {
			if v, ok := strings.CutPrefix(s.Version, "GLIBC_"); ok && compareVersions(v, "2.17") > 0 {
				t.Errorf("%s wants %s of glibc %s", name, s.Name, v)
			}
			if strings.HasSuffix(s.Name, "_chk") || strings.HasPrefix(s.Name, "__isoc") {
				t.Errorf("%s wants %s, which is glibc's alone", name, s.Name)
			}
		}
	}
}
