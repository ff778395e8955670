package gvisor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox/sandboxtest"
)

var (
	base   *sandbox.Driver
	shared *Driver
	why    string // there is no driver
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("STOA_GVISOR_VICTIM"); dir != "" {
		os.Exit(victim(dir))
	}
	flag.Parse()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "stoa-gvisor-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := openDrivers(dir); err != nil {
		var host *sandbox.HostError
		if !errors.As(err, &host) && !errors.Is(err, os.ErrNotExist) {
			fmt.Fprintln(os.Stderr, "open gVisor:", err)
			return 1
		}
		why = err.Error()
		fmt.Fprintf(os.Stderr, "\n!!! EVERY TEST OF CLASS GVISOR IS SKIPPED: %s\n\n", why)
		return m.Run()
	}
	defer base.Close()
	defer shared.Close()
	return m.Run()
}

func openDrivers(dir string) error {
	runsc, err := filepath.Abs("../../../bin/" + Program)
	if err != nil {
		return err
	}
	if _, err := os.Stat(runsc); err != nil {
		return fmt.Errorf("%w: `make build` makes it", err)
	}
	quiet := slog.New(slog.DiscardHandler)
	if base, err = sandbox.Open(context.Background(), sandbox.Config{Dir: filepath.Join(dir, "sandbox"), Log: quiet, NoCompileCache: true}); err != nil {
		return err
	}
	if shared, err = Open(context.Background(), Config{Base: base, Runsc: runsc, Dir: filepath.Join(dir, "gvisor"), Log: quiet}); err != nil {
		return errors.Join(err, base.Close())
	}
	return nil
}

func driver(t testing.TB) *Driver {
	t.Helper()
	if shared == nil {
		t.Skip(why)
	}
	return shared
}

func TestConform(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	d := driver(t)
	sandboxtest.Conform(t, sandboxtest.Subject{
		Driver: d, Class: sandbox.ClassGVisor, Has: func(string) bool { return true },
		Examples: []string{"python", "node", "bash", "ruby", "perl", "c", "cpp", "java"},
	})
}
