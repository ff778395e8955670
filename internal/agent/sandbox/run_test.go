package sandbox

import (
	"errors"
	"syscall"
	"testing"
)

// classes runs a subtest for every class that the runtime has.
func classes(t *testing.T, d *Driver, name string, f func(t *testing.T, c Class)) {
	t.Helper()
	rt, err := d.runtime(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rt.Classes {
		if c == ClassProcess {
			warmed(t, d, name)
		}
		t.Run(string(c), func(t *testing.T) { f(t, c) })
	}
}

// What no class of this driver does; what every class refuses is in sandboxtest.
func TestRefusedJobs(t *testing.T) {
	d := driver(t)
	for name, job := range map[string]Job{
		"class": {Runtime: "python", Class: ClassGVisor},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Run(t.Context(), job, nil)
			if _, ok := errors.AsType[*JobError](err); !ok {
				t.Errorf("got %v, want a JobError", err)
			}
		})
	}
}

func TestClosed(t *testing.T) {
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{Dir: d.config.Dir, Log: quiet()}); !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("a second driver on the same folder: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context(), python("print(1)"), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}
