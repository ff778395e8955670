package sandboxtest

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// keeping is a job whose files are kept, and what must come of them.
type keeping struct {
	name     string
	job      sandbox.Job
	patterns []string
	maxBytes int64
	maxCount int
	outcome  sandbox.Outcome
	check    func(t *testing.T, kept, omitted map[string]string)
}

func (s Subject) artefacts(t *testing.T) {
	for _, test := range keepings() {
		t.Run(test.name, func(t *testing.T) {
			s.needs(t, test.job.Runtime)
			kept, omitted := map[string]string{}, map[string]string{}
			job := test.job
			job.Artefacts = &sandbox.Artefacts{
				Patterns: test.patterns, MaxBytes: test.maxBytes, MaxCount: test.maxCount,
				Keep: func(path string, size int64, content io.Reader) error {
					b, err := io.ReadAll(content)
					if int64(len(b)) != size {
						t.Errorf("%s has %d bytes, %d were announced", path, len(b), size)
					}
					kept[path] = string(b)
					return err
				},
			}
			r, o := s.inTime(t, job, func(r sandbox.Result, _ *output) bool { return r.Outcome != sandbox.TimedOut || len(kept) > 0 })
			if r.Outcome != test.outcome {
				t.Fatalf("%+v\n%s", r, o.err.String())
			}
			for _, x := range r.Omitted {
				omitted[x.Path] = x.Reason
			}
			test.check(t, kept, omitted)
		})
	}
}

func keepings() []keeping {
	return []keeping{
		{
			name: "kept", outcome: sandbox.Completed, maxBytes: 1 << 20, maxCount: 10,
			patterns: []string{"out/**", "*.png", "*.csv", "other", "main.py"},
			job: python(`
import os
os.makedirs("out/deep"); os.mkdir("other")
open("out/a.txt", "w").write("A"); open("out/deep/b.bin", "wb").write(bytes(range(256)) * 1000)
open("other/c.txt", "w").write("not asked for"); open("plot.png", "w").write("P"); os.chmod("plot.png", 0)
`),
			check: func(t *testing.T, kept, omitted map[string]string) {
				if len(kept) != 3 || kept["out/a.txt"] != "A" || len(kept["out/deep/b.bin"]) != 256_000 || kept["plot.png"] != "P" {
					t.Errorf("kept %q", kept)
				}
				if omitted["*.csv"] != "nothing matched" || !strings.Contains(omitted["other"], "other/**") {
					t.Errorf("omitted %q", omitted)
				}
			},
		},
		// What a hostile program leaves in its folder reaches no file of the host, holds nothing up, and fills nothing.
		{
			name: "hostile", outcome: sandbox.Completed, maxBytes: 1500, maxCount: 12, patterns: []string{"**"},
			job: python(`
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
`),
			check: func(t *testing.T, kept, omitted map[string]string) {
				total := 0
				for path, content := range kept {
					total += len(content)
					if strings.Contains(content, "root:") || path == "env" || path == "sparse" {
						t.Errorf("kept %s: %q", path, content)
					}
				}
				if total > 1500 || len(kept) > 12 || len(kept) == 0 {
					t.Errorf("kept %d bytes in %d files", total, len(kept))
				}
				all := fmt.Sprint(omitted)
				for _, want := range []string{"and ", "limit"} {
					if !strings.Contains(all, want) {
						t.Errorf("%q is not told: %s", want, all)
					}
				}
				if len(omitted) > 101 {
					t.Errorf("%d omissions", len(omitted))
				}
			},
		},
		{
			name: "links and other things", outcome: sandbox.Completed, maxBytes: 1500, maxCount: 12,
			patterns: []string{"passwd", "etc/**", "fifo", "sparse", "small*"},
			job: python(`
import os
os.symlink("/etc/passwd", "passwd"); os.symlink("/etc", "etc"); os.mkfifo("fifo")
f = open("sparse", "wb"); f.truncate(1 << 25); f.close()
open("small", "w").write("x" * 600); os.link("small", "small2"); os.link("small", "small3")
`),
			check: func(t *testing.T, kept, omitted map[string]string) {
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
			},
		},
		{
			name: "after a compiler", outcome: sandbox.Completed, maxBytes: 1 << 20, maxCount: 12, patterns: []string{"**"},
			job: sandbox.Job{Runtime: "c", Source: []byte(`
#include <stdio.h>
int main() { FILE *f = fopen("made", "w"); fputs("by it", f); fclose(f); }`)},
			check: func(t *testing.T, kept, _ map[string]string) {
				if len(kept) != 1 || kept["made"] != "by it" {
					t.Errorf("kept %d files, made %q", len(kept), kept["made"])
				}
			},
		},
		{
			name: "of one that its time ended", outcome: sandbox.TimedOut, maxBytes: 1 << 20, maxCount: 12, patterns: []string{"*"},
			job: sandbox.Job{
				Runtime: "python", Limits: sandbox.Limits{Wall: 2 * time.Second},
				Source: []byte("import os\nopen('made', 'w').write('in time')\nos.fork()\nwhile True: pass"),
			},
			check: func(t *testing.T, kept, _ map[string]string) {
				if len(kept) != 1 || kept["made"] != "in time" {
					t.Errorf("kept %q", kept)
				}
			},
		},
		{
			name: "of one that its output ended", outcome: sandbox.Failed, maxBytes: 1 << 20, maxCount: 12, patterns: []string{"*"},
			job: sandbox.Job{Runtime: "bash", Source: []byte("echo before >made; yes"), Limits: sandbox.Limits{OutputBytes: 100_000}},
			check: func(t *testing.T, kept, _ map[string]string) {
				if len(kept) != 1 || kept["made"] != "before\n" {
					t.Errorf("kept %q", kept)
				}
			},
		},
	}
}
