package sandbox

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// keeping runs a program in every class, and returns what was kept and why the rest was not.
func keeping(t *testing.T, source string, a Artefacts, check func(t *testing.T, kept map[string]string, omitted map[string]string)) {
	t.Helper()
	d := driver(t)
	for _, class := range []Class{ClassProcess, ClassFresh} {
		t.Run(string(class), func(t *testing.T) {
			t.Parallel()
			kept := map[string]string{}
			job := python(source)
			job.Class = class
			mine := a
			mine.Keep = func(path string, size int64, content io.Reader) error {
				b, err := io.ReadAll(content)
				if int64(len(b)) != size {
					t.Errorf("%s has %d bytes, %d were announced", path, len(b), size)
				}
				kept[path] = string(b)
				return err
			}
			job.Artefacts = &mine
			r, o := try(t, d, job)
			if r.Outcome != Completed {
				t.Fatalf("%+v\n%s", r, o.err.String())
			}
			omitted := map[string]string{}
			for _, x := range r.Omitted {
				omitted[x.Path] = x.Reason
			}
			check(t, kept, omitted)
		})
	}
}

func TestArtefactsAreKept(t *testing.T) {
	t.Parallel()
	keeping(t, `
import os
os.makedirs("out/deep"); os.mkdir("other")
open("out/a.txt", "w").write("A"); open("out/deep/b.bin", "wb").write(bytes(range(256)))
open("other/c.txt", "w").write("not asked for"); open("plot.png", "w").write("P"); os.chmod("plot.png", 0)
`, Artefacts{Patterns: []string{"out/**", "*.png", "*.csv", "other", "main.py"}, MaxBytes: 1 << 20, MaxCount: 10},
		func(t *testing.T, kept, omitted map[string]string) {
			if len(kept) != 3 || kept["out/a.txt"] != "A" || len(kept["out/deep/b.bin"]) != 256 || kept["plot.png"] != "P" {
				t.Errorf("kept %q", kept)
			}
			if omitted["*.csv"] != "nothing matched" || !strings.Contains(omitted["other"], "other/**") {
				t.Errorf("omitted %q", omitted)
			}
			if _, ok := kept["main.py"]; ok {
				t.Error("the source itself was kept")
			}
		})
}

// What a hostile program leaves in its folder reaches no file of the host, holds nothing up, and fills nothing.
func TestArtefactsOfHostilePrograms(t *testing.T) {
	t.Parallel()
	keeping(t, `
import os, socket
os.symlink("/etc/passwd", "passwd"); os.symlink("/", "root"); os.symlink("..", "up"); os.symlink("/proc/self/environ", "env")
os.mkfifo("fifo")
s = socket.socket(socket.AF_UNIX); s.bind("socket")
open("small", "w").write("x" * 600); os.link("small", "small2"); os.link("small", "small3")
f = open("sparse", "wb"); f.truncate(1 << 25); f.close()
os.mkdir("closed"); open("closed/in", "w").write("in"); os.chmod("closed", 0)
open(b"\xff\xfe", "w").close(); open("new\nline", "w").close()
d = "deep"
for i in range(60):
    os.mkdir(d); d += "/d"
for i in range(200): open("m%03d" % i, "w").close()
pid = os.fork()
if pid == 0:
    n = 0
    while True:
        try: os.rename("small", "small.x"); os.rename("small.x", "small")
        except OSError: pass
`, Artefacts{Patterns: []string{"**"}, MaxBytes: 1500, MaxCount: 12},
		func(t *testing.T, kept, omitted map[string]string) {
			total := 0
			for path, content := range kept {
				total += len(content)
				if strings.Contains(content, "root:") || path == "env" || path == "sparse" {
					t.Errorf("kept %s: %q", path, content)
				}
			}
			if total > 1500 || len(kept) > 12 {
				t.Errorf("kept %d bytes in %d files", total, len(kept))
			}
			all := fmt.Sprint(omitted)
			for _, want := range []string{"and ", "limit"} {
				if !strings.Contains(all, want) {
					t.Errorf("%q is not told: %s", want, all)
				}
			}
			if len(omitted) > mostOmitted+1 {
				t.Errorf("%d omissions", len(omitted))
			}
		})
	keeping(t, `
import os
os.symlink("/etc/passwd", "passwd"); os.symlink("/etc", "etc"); os.mkfifo("fifo")
f = open("sparse", "wb"); f.truncate(1 << 25); f.close()
open("small", "w").write("x" * 600); os.link("small", "small2"); os.link("small", "small3")
`, Artefacts{Patterns: []string{"passwd", "etc/**", "fifo", "sparse", "small*"}, MaxBytes: 1500, MaxCount: 12},
		func(t *testing.T, kept, omitted map[string]string) {
			if len(kept) != 2 { // each name of a file counts
				t.Errorf("kept %q", kept)
			}
			for path, why := range map[string]string{
				"passwd": "not a regular file", "fifo": "not a regular file", "etc": "not a regular file",
				"sparse": "33554432 bytes do not fit",
			} {
				if !strings.Contains(omitted[path], why) {
					t.Errorf("%s: %q, want %q", path, omitted[path], why)
				}
			}
		})
}

func TestArtefactPatternsAreChecked(t *testing.T) {
	t.Parallel()
	d := driver(t)
	for _, pattern := range []string{"../x", "/etc/passwd", "["} {
		job := python("pass")
		job.Artefacts = &Artefacts{Patterns: []string{pattern}, MaxBytes: 1, MaxCount: 1}
		if _, err := d.Run(t.Context(), job, nil); err == nil || !strings.Contains(err.Error(), "artefacts") {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
