package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/stoa-cloud/stoa/internal/cli/config"
)

// installation is a Stoa of our own, in a folder of its own, durable as by default.
type installation struct {
	dir, url, token string
	cmd             *exec.Cmd
	ended           chan struct{}
	client          *http.Client
}

// install starts the programs of a folder and returns when they work.
func install(ctx context.Context, bin string) (*installation, error) {
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	in := &installation{dir: dir, ended: make(chan struct{}), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	program, err := filepath.Abs(filepath.Join(bin, "stoad"))
	if err != nil {
		return nil, err
	}
	if err := in.seed(); err != nil {
		return nil, err
	}
	var said bytes.Buffer
	in.cmd = exec.Command(program, "up", "--data-dir", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0")
	in.cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(dir, "home"))
	in.cmd.Stdout, in.cmd.Stderr = &said, &said
	in.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is ours; we stop it in order
	if err := in.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() { _ = in.cmd.Wait(); close(in.ended) }()
	if err := in.ready(ctx); err != nil {
		in.stop()
		return nil, fmt.Errorf("%w: %s", err, said.String())
	}
	return in, nil
}

// ready waits until it works, and lifts what protects it from such as us.
func (in *installation) ready(ctx context.Context) error {
	deadline := time.After(time.Minute)
	for in.token == "" {
		select {
		case <-in.ended:
			return errors.New("stoad ended")
		case <-deadline:
			return errors.New("stoad is not ready after a minute")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		c, err := config.Load(filepath.Join(in.dir, "home", "stoa", "config.yaml"))
		if err == nil {
			in.url, in.token = c.Contexts["local"].URL, c.Contexts["local"].Token
		}
	}
	for name, value := range map[string]int{"rate.bypass": 1, "execution.concurrent": 64} {
		if err := in.call(ctx, http.MethodPut, "/api/v1/limits/"+name, map[string]any{"scope": "global", "value": value}, nil); err != nil {
			return fmt.Errorf("lift %s: %w", name, err)
		}
	}
	return nil
}

func (in *installation) stop() {
	select {
	case <-in.ended:
	default:
		_ = in.cmd.Process.Signal(syscall.SIGINT)
		<-in.ended
	}
	_ = os.RemoveAll(in.dir)
}

// call asks the API, and reads the answer into answer unless that is nil.
func (in *installation) call(ctx context.Context, method, path string, body, answer any, headers ...string) error {
	return call(ctx, in.client, method, in.url+path, body, answer, append(headers, "Authorization", "Bearer "+in.token)...)
}

func call(ctx context.Context, client *http.Client, method, url string, body, answer any, headers ...string) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, url, response.Status, raw)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(raw, answer)
}
