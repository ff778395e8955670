package sandbox

import (
	"slices"
	"strings"
	"testing"
)

func TestImportsLittle(t *testing.T) {
	for source, want := range map[string]bool{
		"":                                true,
		"print(1)":                        true,
		"import os, sys, json":            true,
		"from collections import deque":   true,
		"import asyncio":                  false,
		"if x:\n    import os, logging":   false,
		"from urllib.parse import quote":  false,
		"import concurrent.futures as cf": false,
		"__import__('unittest').main()":   false,
		"print('asyncio')":                true,
		"import asyncio_of_mine":          true,
		"import \xff\x00ssl":              false,
	} {
		if importsLittle([]byte(source)) != want {
			t.Errorf("%q: not %v", source, want)
		}
	}
	lean, rich := strings.Split(leanModules, ","), strings.Split(richModules, ",")
	for _, name := range costly {
		warms := slices.ContainsFunc(rich, func(m string) bool { return m == name || strings.HasPrefix(m, name+".") })
		if !warms || slices.Contains(lean, name) {
			t.Errorf("%s is costly, but the rich one does not warm it, or the lean one does", name)
		}
	}
}

// zygoteOf waits until the kind that a source wants is warm, and returns it.
func zygoteOf(t *testing.T, d *Driver, id, source string) *zygote {
	t.Helper()
	rt, err := d.runtime(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context(), Job{Runtime: id, Class: ClassProcess, Source: []byte(source)}, nil); err != nil {
		t.Fatal(err)
	}
	w := d.current.warmer
	w.settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.warm[kind{rt.ID(), importsLittle([]byte(source))}]
	if h == nil || h.zygote == nil {
		t.Fatalf("no zygote for %q", source)
	}
	return h.zygote
}

// A program gets the kind that suits it once that is warm, until then the other one, and finds the same in both.
func TestLean(t *testing.T) {
	d := alone(t)
	const few, many = "import sys, json", "import asyncio"
	lean := zygoteOf(t, d, "python", few)
	uses := func(z *zygote) int {
		z.mu.Lock()
		defer z.mu.Unlock()
		return z.uses
	}
	before := uses(lean)
	if r, o := try(t, d, Job{Runtime: "python", Class: ClassProcess, Source: []byte(many + "\nprint(asyncio.run(asyncio.sleep(0, 3)))")}); r.Class != ClassProcess || o.out.String() != "3\n" {
		t.Errorf("before its kind is warm: %+v %q %q", r, o.out.String(), o.err.String())
	}
	if uses(lean) == before {
		t.Error("the one that was warm was not used")
	}
	rich := zygoteOf(t, d, "python", many)
	if rich == lean {
		t.Fatal("both are the same")
	}
	// Which of them it was, a program that wants to know can see; what it does must not depend on it.
	for source, want := range map[string]string{
		few + "\nprint('asyncio' in sys.modules, 'threading' in sys.modules)": "False False\n",
		many + "\nimport sys; print('ssl' in sys.modules)":                    "True\n",
	} {
		if r, o := try(t, d, Job{Runtime: "python", Class: ClassProcess, Source: []byte(source)}); r.Class != ClassProcess || o.out.String() != want {
			t.Errorf("%q: %+v %q %q", source, r, o.out.String(), o.err.String())
		}
	}
	drawn := map[string]bool{}
	for range 3 {
		_, o := try(t, d, Job{Runtime: "python", Class: ClassProcess, Source: []byte("import random; print(random.random())")})
		drawn[o.out.String()] = true
	}
	if len(drawn) != 3 {
		t.Errorf("runs drew the same: %v", drawn)
	}
	const program = `
import sys, os, random
m = __import__
t, l, a, g = (m(n[::-1]) for n in ('gnidaerht', 'gniggol', 'tixeta', 'langis'))
a.register(lambda: print('at exit'))
l.warning('a warning')
told = t.Event() # nobody else prints while the thread does: a line and its end are two writes
def work(): told.wait(); print('thread', flush=True)
t.Thread(target=work).start()
state = random.getstate()
pid = os.fork()
if pid == 0:
    print('child', t.active_count(), random.getstate() != state, flush=True)
    os._exit(3)
print(os.WEXITSTATUS(os.waitpid(pid, 0)[1]), sys.argv, getattr(sys, 'orig_argv', 0), g.getsignal(g.SIGINT), flush=True)
told.set()
raise SystemExit('the end')
`
	var outputs []*output
	for _, source := range []string{program, "# import asyncio" + program} {
		r, o := try(t, d, Job{Runtime: "python", Class: ClassProcess, Args: []string{"a"}, Source: []byte(source)})
		if r.Class != ClassProcess {
			t.Errorf("%+v", r)
		}
		outputs = append(outputs, o)
	}
	_, fresh := try(t, d, Job{Runtime: "python", Class: ClassFresh, Args: []string{"a"}, Source: []byte(program)})
	for _, o := range outputs {
		if o.out.String() != fresh.out.String() || o.err.String() != fresh.err.String() {
			t.Errorf("warmed %q %q\nfresh  %q %q", o.out.String(), o.err.String(), fresh.out.String(), fresh.err.String())
		}
	}
	if !strings.Contains(fresh.out.String(), "at exit") || !strings.Contains(fresh.err.String(), "the end") {
		t.Errorf("%q %q", fresh.out.String(), fresh.err.String())
	}
}
