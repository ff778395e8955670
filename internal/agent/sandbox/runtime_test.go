package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// One interpreter that cannot be started where runs are is left out; the others are found.
func TestAnInterpreterThatDoesNotStart(t *testing.T) {
	home := t.TempDir()
	program := filepath.Join(home, ".deno", "bin", "deno")
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/nowhere/deno\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true, Slots: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if !slices.ContainsFunc(d.places, func(p place) bool { return p.prefix == filepath.Join(home, ".deno") }) {
		t.Fatal("it was not looked at")
	}
	found, err := d.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) bool {
		return slices.ContainsFunc(found, func(r Runtime) bool { return r.Name == name })
	}
	if named("deno") || !named("bash") {
		t.Errorf("found %v", found)
	}
}
