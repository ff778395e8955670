package sandbox_test

import (
	"slices"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox/sandboxtest"
)

func TestConform(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	d := sandbox.Shared(t)
	runtimes, err := d.Runtimes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sandbox.Warm(t, d, "python")
	for _, class := range []sandbox.Class{sandbox.ClassProcess, sandbox.ClassFresh} {
		t.Run(string(class), func(t *testing.T) {
			sandboxtest.Conform(t, sandboxtest.Subject{Driver: d, Class: class, Has: func(name string) bool {
				i := slices.IndexFunc(runtimes, func(r sandbox.Runtime) bool { return r.Name == name }) // the newest
				return i >= 0 && slices.Contains(runtimes[i].Classes, class)
			}})
		})
	}
}
