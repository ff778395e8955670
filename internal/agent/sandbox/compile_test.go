package sandbox

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const warningC = "#include <stdio.h>\nint main(void) { int unused; printf(\"%%d\\n\", %d); return 0; \n#warning beware\n}\n"

// What compiled once for a project is not compiled again for it: by content, and for nobody else. The compiler's words and
// the outcome are the same.
func TestCompileCache(t *testing.T) {
	d := alone(t)
	if _, err := d.runtime("c"); err != nil {
		t.Skip("no C compiler on this host")
	}
	base := Job{Runtime: "c", CacheScope: "one", Source: fmt.Appendf(nil, warningC, 1), Files: []File{{Path: "x.h", Content: []byte("1")}}, Env: map[string]string{"A": "1"}}
	run := func(name string, want bool, change func(*Job)) string {
		t.Helper()
		job := base
		job.Env = maps.Clone(base.Env)
		change(&job)
		r, o := try(t, d, job)
		if r.Outcome != Completed || r.Cached != want || r.StderrBytes != int64(o.err.Len()) || !strings.Contains(o.err.String(), "beware") {
			t.Errorf("%s: %+v %s %s", name, r, o.out.String(), o.err.String())
		}
		return o.out.String() + o.err.String()
	}
	first := run("first", false, func(*Job) {})
	if again := run("again", true, func(j *Job) { j.Args = []string{"other"}; j.Stdin = strings.NewReader("other") }); again != first {
		t.Errorf("first %s\nagain %s", first, again)
	}
	run("another scope", false, func(j *Job) { j.CacheScope = "two" })
	run("no scope", false, func(j *Job) { j.CacheScope = "" })
	run("no scope again", false, func(j *Job) { j.CacheScope = "" })
	if other := run("another source", false, func(j *Job) { j.Source = fmt.Appendf(nil, warningC, 2) }); !strings.HasPrefix(other, "2\n") {
		t.Error(other)
	}
	run("another file", false, func(j *Job) { j.Files = []File{{Path: "x.h", Content: []byte("2")}} })
	run("another variable", false, func(j *Job) { j.Env["CPATH"] = "/box" })
	run("a file of the program's name", false, func(j *Job) { j.Files = append(j.Files, File{Path: "main", Content: []byte("x")}) })
	run("and again", true, func(j *Job) { j.Files = append(j.Files, File{Path: "main", Content: []byte("x")}) })
	run("still there", true, func(*Job) {})

	broken := base
	broken.Source = []byte("int main(")
	for range 2 {
		if r, _ := try(t, d, broken); r.Reason != ReasonCompile || r.Cached {
			t.Errorf("what does not compile: %+v", r)
		}
	}
}

// A program that changes its own file changes its own copy.
func TestCompileCacheReadOnly(t *testing.T) {
	d := alone(t)
	if _, err := d.runtime("c"); err != nil {
		t.Skip("no C compiler on this host")
	}
	job := Job{Runtime: "c", CacheScope: "one", Source: []byte(`
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void)
{
	unlink("main");
	FILE *f = fopen("main", "w");
	if (!f || fputs("#!/bin/echo changed\n", f) < 0 || fclose(f) || chmod("main", 0755)) return 1;
	puts("original");
	return 0;
}`)}
	for i := range 3 {
		if r, o := try(t, d, job); r.Cached != (i > 0) || r.Outcome != Completed || o.out.String() != "original\n" {
			t.Errorf("run %d: %+v %q %s", i, r, o.out.String(), o.err.String())
		}
	}
}

// A compiled program has the run's own bound on disk, not the compiler's, whether it was just compiled or kept.
func TestCompiledDisk(t *testing.T) {
	d := alone(t)
	if _, err := d.runtime("c"); err != nil {
		t.Skip("no C compiler on this host")
	}
	job := Job{Runtime: "c", CacheScope: "one", Limits: Limits{DiskBytes: 8 << 20, MemoryBytes: 512 << 20}, Args: []string{"7"}, Source: []byte(`
#include <stdio.h>
#include <stdlib.h>
static char some[1 << 20];
int main(int argc, char **argv)
{
	int wanted = atoi(argv[argc - 1]), i;
	for (i = 0; i < wanted; i++) {
		char name[32];
		snprintf(name, sizeof name, "/tmp/%d", i);
		FILE *f = fopen(name, "w");
		if (!f || fwrite(some, sizeof some, 1, f) != 1 || fclose(f)) break;
	}
	printf("%d\n", i);
	return i < wanted;
}`)}
	for i := range 2 {
		if r, o := try(t, d, job); r.Cached != (i > 0) || r.Outcome != Completed || o.out.String() != "7\n" {
			t.Errorf("within its bound, %d: %+v %q %s", i, r, o.out.String(), o.err.String())
		}
	}
	for _, scope := range []string{"one", ""} { // kept, and just compiled
		job.Args, job.CacheScope = []string{"200"}, scope
		if r, o := try(t, d, job); r.Cached != (scope != "") || r.Outcome != Failed || r.Reason != ReasonDisk || len(o.out.String()) != 2 {
			t.Errorf("beyond its bound, %q: %+v %q %s", scope, r, o.out.String(), o.err.String())
		}
	}
}

// Only the plain file that the compiler was to make is taken out, and nothing too large.
func TestCompileCacheTakes(t *testing.T) {
	d := alone(t)
	d.compiled.most = 8 << 20
	for script, want := range map[string]bool{
		"printf '#!/bin/sh\\necho 1\\n' >main; chmod +x main": true, "ln -s /bin/true main": false, "mkdir main": false, "mkfifo main": false,
		"true": false, "mkdir d && ln -s . d/e && ln -s d/e/x main": false, "cp /bin/true main && truncate -s 3M main": false,
	} {
		rt := &Runtime{
			Name: "x", Version: "1", Path: "/bin/sh", FileName: "x", Compile: []string{"/bin/sh", "-c", script}, Command: []string{"/bin/true"},
			Classes: []Class{ClassFresh}, artefact: "main",
		}
		for i := range 2 {
			job := Job{CacheScope: "one", Limits: DefaultLimits(), Class: ClassFresh}
			r, err := d.run(t.Context(), rt, job, nil)
			if err != nil || r.Outcome != Completed || r.Cached != (want && i > 0) {
				t.Errorf("%q, run %d: %+v %v", script, i, r, err)
			}
		}
	}
}

// The store holds no more than its bound, and lets go of what was unused for longest. What a crash
// left, or a disk spoiled, is no entry.
func TestCompiledStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "compiled")
	key := func(i int) string { return fmt.Sprintf("%064d", i) }
	program := compiledProgram{[]spoken{{Stdout, []byte("a")}, {Stderr, []byte("b")}}, bytes.Repeat([]byte("p"), 1000)}
	size := int64(len(program.encode()))
	open := func() *compiledStore {
		t.Helper()
		s, err := openCompiled(dir, 4*size)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	has := func(s *compiledStore, when string, want ...int) {
		t.Helper()
		var found []int
		for i := range 10 {
			if _, ok := s.entries[key(i)]; ok {
				found = append(found, i)
			}
		}
		files, _ := os.ReadDir(dir)
		if fmt.Sprint(found) != fmt.Sprint(want) || len(files) != len(want) || s.total != size*int64(len(want)) {
			t.Errorf("%s: %v in %d files of %d bytes, want %v", when, found, len(files), s.total, want)
		}
	}
	s := open()
	for i := range 5 {
		if err := s.put(key(i), program); err != nil {
			t.Fatal(err)
		}
	}
	has(s, "the oldest is gone", 1, 2, 3, 4)
	if p, ok := s.get(key(1)); !ok || !bytes.Equal(p.program, program.program) || len(p.words) != 2 || string(p.words[1].text) != "b" || p.words[1].stream != Stderr {
		t.Errorf("%+v %v", p.words, ok)
	}
	if err := s.put(key(5), program); err != nil {
		t.Fatal(err)
	}
	has(s, "the unused is gone", 1, 3, 4, 5)

	if err := os.WriteFile(filepath.Join(dir, ".new-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open()
	has(s, "after a restart", 1, 3, 4, 5)
	for i, spoil := range []func(path string) error{
		func(path string) error { return os.Truncate(path, size-1) },
		func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte{0}, int(size)), 0o600) },
		os.Remove,
	} {
		k := key([]int{1, 3, 4}[i])
		if err := spoil(filepath.Join(dir, k)); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.get(k); ok {
			t.Errorf("entry %d was spoiled", i)
		}
	}
	has(s, "without the spoiled", 5)
	if err := s.put(key(6), compiledProgram{nil, make([]byte, 2*size)}); err != nil {
		t.Fatal(err)
	}
	has(s, "too large", 5)
}
