package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"time"
)

// startPeer starts a program that we measure ourselves against. Stop ends it and removes its folder.
func startPeer(cmd *exec.Cmd, dir string) (stop func(), err error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}, nil
}

// eventually tries until it works, for so long at the most.
func eventually(ctx context.Context, within time.Duration, try func() error) error {
	for deadline := time.Now().Add(within); ; {
		err := try()
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// freeAddress is one that nobody listened on a moment ago.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
