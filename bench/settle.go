package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// An agent compiles Go's standard library in the background of its first minutes.
// That is no part of what we measure: we keep the library between installations.

// library is where the agent has it, and where we keep it.
func (in *installation) library() (theirs, ours string, err error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(in.dir, "data", "agent", "sandbox", "cache"), filepath.Join(cache, "stoa-bench", "cache"), err
}

// seed gives a new installation the library of an earlier one.
func (in *installation) seed() error {
	theirs, ours, err := in.library()
	if err != nil {
		return err
	}
	if _, err := os.Stat(ours); err != nil {
		return nil //nolint:nilerr // there was none
	}
	if err := os.MkdirAll(filepath.Join(in.dir, "data", "agent"), 0o700); err != nil {
		return err
	}
	return duplicate(ours, theirs)
}

// settle waits until the agent has compiled whatever it compiles ahead.
func (in *installation) settle(ctx context.Context) error {
	var runtimes struct {
		Items []struct {
			Name string `json:"name"`
		} `json:"items"`
	}
	if err := in.call(ctx, "GET", "/api/v1/runtimes", nil, &runtimes); err != nil {
		return err
	}
	toolchains := 0
	for _, r := range runtimes.Items {
		if r.Name == "go" {
			toolchains++
		}
	}
	theirs, ours, err := in.library()
	if err != nil {
		return err
	}
	waited := false
	for deadline := time.Now().Add(15 * time.Minute); ; waited = true {
		done, err := filepath.Glob(filepath.Join(theirs, "go*", "importcfg"))
		if err != nil {
			return err
		}
		if len(done) >= toolchains {
			break
		}
		if !waited {
			fmt.Fprintln(os.Stderr, "bench: waiting until the agent has compiled Go's standard library, once on this machine")
		}
		if time.Now().After(deadline) {
			return errors.New("the agent does not finish compiling Go's standard library")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	if !waited {
		return nil
	}
	if err := os.RemoveAll(ours); err != nil {
		return err
	}
	return duplicate(theirs, ours)
}

func duplicate(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, out)
	}
	return nil
}
