package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// startGoJudge starts the judge with containers forked ahead for every client, and
// returns the same run as ours on it.
func startGoJudge(ctx context.Context, program, python string) (do func(context.Context) error, pid int, stop func(), err error) {
	dir, err := os.MkdirTemp("", "stoa-bench-judge-")
	if err != nil {
		return nil, 0, nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	cmd := exec.Command(program, "-http-addr", address, "-pre-fork", "8", "-parallelism", "8", "-silent", "-release")
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		return nil, 0, nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	type file map[string]any
	request := map[string]any{"cmd": []any{map[string]any{
		"args": []string{python, "-I", "-c", "print(1)"}, "env": []string{"PATH=/usr/bin:/bin"},
		"files":    []file{{"content": ""}, {"name": "stdout", "max": 1 << 20}, {"name": "stderr", "max": 1 << 20}},
		"cpuLimit": int64(30e9), "memoryLimit": 128 << 20, "procLimit": 64,
	}}}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	do = func(ctx context.Context) error {
		var answer []struct {
			Status string            `json:"status"`
			Files  map[string]string `json:"files"`
		}
		if err := call(ctx, client, http.MethodPost, "http://"+address+"/run", request, &answer); err != nil {
			return err
		}
		if len(answer) != 1 || answer[0].Status != "Accepted" || answer[0].Files["stdout"] != "1\n" {
			return fmt.Errorf("it ended as %+v", answer)
		}
		return nil
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		if err = do(ctx); err == nil {
			return do, cmd.Process.Pid, stop, nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			stop()
			return nil, 0, nil, err
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
