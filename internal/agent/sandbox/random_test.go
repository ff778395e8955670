package sandbox

import (
	"io"
	"strings"
	"testing"
)

// alone is a driver whose every job takes the same slot, one after the other: what one leaves, the next would find.
func alone(t *testing.T) *Driver {
	t.Helper()
	driver(t)
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: quiet(), Slots: 1, Parked: -1, NoCompileCache: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

type blocked chan struct{}

func (b blocked) Read([]byte) (int, error) {
	<-b
	return 0, io.EOF
}

// Two runs never share randomness, though they be forked from one interpreter.
func TestRandomness(t *testing.T) {
	d := alone(t)
	classes(t, d, "python", func(t *testing.T, c Class) {
		seen := map[string]bool{}
		for range 8 {
			r, o := try(t, d, Job{Runtime: "python", Class: c, Source: []byte(`
import os, random, secrets, ssl, tempfile, uuid, hashlib
print(ssl.RAND_bytes(16).hex()); print(random.random()); print(secrets.token_hex()); print(tempfile.mktemp()); print(uuid.uuid4()); print(os.urandom(8).hex())
print(next(tempfile._get_candidate_names())); print(random.SystemRandom().random())
`)})
			if r.Outcome != Completed {
				t.Fatalf("%+v %s", r, o.err.String())
			}
			for line := range strings.Lines(o.out.String()) {
				if seen[line] {
					t.Errorf("two runs drew %q", line)
				}
				seen[line] = true
			}
		}
		if len(seen) != 64 {
			t.Errorf("%d different draws, want 64", len(seen))
		}
	})
}
