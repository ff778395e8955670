package main

import (
	"context"
	"fmt"
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
	if stop, err = startPeer(cmd, dir); err != nil {
		return nil, 0, nil, err
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
	if err := eventually(ctx, 10*time.Second, func() error { return do(ctx) }); err != nil {
		stop()
		return nil, 0, nil, err
	}
	return do, cmd.Process.Pid, stop, nil
}
