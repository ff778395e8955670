package sandbox

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// All tests share one Driver: opening one is what costs. Tests that kill or count things open their own.
var shared *Driver

func TestMain(m *testing.M) {
	if dir := os.Getenv("STOA_SANDBOX_VICTIM"); dir != "" {
		os.Exit(victim(dir))
	}
	flag.Parse()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "stoa-sandbox-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared, err = Open(context.Background(), Config{Dir: dir, Log: quiet(), NoCompileCache: true})
	var host *HostError
	if errors.As(err, &host) && os.Getenv("CI") == "" {
		fmt.Fprintf(os.Stderr, "\n!!! EVERY SANDBOX TEST IS SKIPPED: %v\n\n", err)
		shared = nil
		return m.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "open the sandbox:", err)
		return 1
	}
	defer shared.Close()
	return m.Run()
}

func quiet() *slog.Logger {
	if testing.Testing() && os.Getenv("STOA_SANDBOX_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.Default()
}

func driver(t testing.TB) *Driver {
	t.Helper()
	if shared == nil {
		t.Skip("THIS HOST CANNOT ISOLATE: see the message at the start of the run")
	}
	return shared
}

// output is what a run printed.
type output struct {
	mu          sync.Mutex
	out, err    strings.Builder
	interleaved []Stream
}

func (o *output) take(s Stream, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.interleaved = append(o.interleaved, s)
	if s == Stdout {
		o.out.Write(p)
	} else {
		o.err.Write(p)
	}
}

// try runs a job and fails the test on a fault of ours.
func try(t testing.TB, d *Driver, job Job) (Result, *output) {
	t.Helper()
	if job.Limits.Wall == 0 {
		job.Limits.Wall = patience
	}
	o := &output{}
	if job.ID == "" {
		job.ID = t.Name()
	}
	r, err := d.Run(t.Context(), job, o.take)
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	if job.Class == ClassFresh && r.Class != ClassFresh {
		t.Errorf("asked for class %s, ran as %s", job.Class, r.Class)
	}
	return r, o
}

// patience is the wall time of what is to come to its own end: the machine has more to do than this.
const patience = 5 * time.Minute

func python(source string) Job { return Job{Runtime: "python", Source: []byte(source)} }

func bash(source string) Job { return Job{Runtime: "bash", Source: []byte(source)} }
