package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSavedIsLoadedAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stoa", "config.yaml")
	want := Config{Current: "local", Contexts: map[string]Context{"local": {URL: "http://127.0.0.1:8080", Token: "stoa_pat_x"}}}
	for range 2 { // the second replaces the first
		if err := Save(path, want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files left in the folder", len(left))
	}
}

func TestMissingIsEmptyAndBrokenIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if c, err := Load(path); err != nil || c.Contexts == nil {
		t.Errorf("missing: %v, %v", c, err)
	}
	if err := os.WriteFile(path, []byte("contexts: [1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Error("broken: no error")
	}
}

func TestPath(t *testing.T) {
	for _, c := range []struct{ xdg, home, want string }{
		{"/x", "/h", "/x/stoa/config.yaml"},
		{"", "/h", "/h/.config/stoa/config.yaml"},
		{"relative", "/h", "/h/.config/stoa/config.yaml"}, // the XDG specification says: ignore
		{"", "", ""},
	} {
		env := map[string]string{"XDG_CONFIG_HOME": c.xdg, "HOME": c.home}
		got, err := Path(func(name string) string { return env[name] })
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
}
