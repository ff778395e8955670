package sandbox

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The prepared library takes a minute to build, so `go test -short` leaves it out.
func TestGoCache(t *testing.T) {
	if testing.Short() {
		t.Skip("builds Go's standard library")
	}
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rt, err := d.runtime("go")
	if err != nil {
		t.Skip("no Go on this host: ", err)
	}
	d.background.enter(rt) // somebody waits: without that it begins late, and gets what nobody else on the machine wants
	d.teardown.Wait()
	d.background.leave()
	if _, err := os.Stat(filepath.Join(d.config.Dir, "cache", goKey(rt.Version, rt.Path), "importcfg")); err != nil {
		t.Fatal(err)
	}
	r, o := try(t, d, Job{Runtime: "go", Source: []byte(`package main

import ("encoding/json"; "fmt"; "net/http"; "os"; "strings")

func main() {
	b, _ := json.Marshal(map[string]any{"status": http.StatusTeapot, "args": os.Args[1:], "up": up("x")})
	fmt.Println(string(b), strings.Repeat("-", 3))
	os.Exit(3)
}
`), Args: []string{"a"}, Files: []File{{Path: "up.go", Content: []byte("package main\n\nimport \"strings\"\n\nfunc up(s string) string { return strings.ToUpper(s) }\n")}}})
	if r.Outcome != Failed || r.ExitCode == nil || *r.ExitCode != 3 || o.out.String() != "{\"args\":[\"a\"],\"status\":418,\"up\":\"X\"} ---\n" {
		t.Errorf("%+v %q %q", r, o.out.String(), o.err.String())
	}
	if r.Usage.CPU > 20*time.Second { // to compile it takes more than twice that
		t.Errorf("took %v: the prepared library was not used", r.Usage.CPU)
	}
	t.Logf("%v, %v of CPU", r.Usage.Wall, r.Usage.CPU)
	if r, o := try(t, d, Job{Runtime: "go", Source: []byte(rt.Example)}); r.Outcome != Completed || !strings.HasPrefix(o.out.String(), "Hello") {
		t.Errorf("the example: %+v %s", r, o.err.String())
	}
	r, o = try(t, d, Job{Runtime: "go", Source: []byte("package main\n\nfunc main() { x }\n")})
	if r.Reason != ReasonCompile || !strings.Contains(o.err.String(), "main.go:3:15") {
		t.Errorf("%+v %q", r, o.err.String())
	}
}

func TestUnpackGoRefuses(t *testing.T) {
	for name, header := range map[string]tar.Header{
		"parent":   {Name: "../x.a", Typeflag: tar.TypeReg},
		"absolute": {Name: "/tmp/1.a", Typeflag: tar.TypeReg},
		"link":     {Name: "1.a", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		"device":   {Name: "1.a", Typeflag: tar.TypeChar},
		"other":    {Name: "x.sh", Typeflag: tar.TypeReg},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			if err := w.WriteHeader(&header); err != nil {
				t.Fatal(err)
			}
			w.Close()
			dir := t.TempDir()
			if err := unpackGo(&b, dir); err == nil {
				t.Error("accepted")
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("wrote %v", left)
			}
		})
	}
}
