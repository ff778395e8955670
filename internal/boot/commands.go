package boot

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/platform/telemetry"
)

type upCommand struct {
	Config
	NoAgent bool `help:"Start the control plane only."`
}

// Run starts everything on this machine.
func (c *upCommand) Run(ctx context.Context) error {
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return err
	}
	c.DataDir = dir
	if c.LogFile != "" && c.LogFile != "-" {
		if c.LogFile, err = filepath.Abs(c.LogFile); err != nil { // the control plane's working folder is another
			return err
		}
	}
	return supervisor{config: c.Config, out: os.Stdout, noAgent: c.NoAgent}.up(ctx)
}

type serveCommand struct {
	Config
	Role    []string `help:"What this process does: all, or some of api, agents, events, reconcile." default:"all"`
	ReadyFD int      `name:"ready-fd" hidden:"" default:"-1"`
	// EnrollAgent asks for a token by which this machine's own agent may join.
	EnrollAgent bool   `hidden:""`
	LocalUser   string `hidden:""`
	// Programs are open files of what other machines may have, by name.
	Programs map[string]int `name:"program" hidden:""`
}

// Run starts some roles in this process.
func (c *serveCommand) Run(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	output, closeLog, err := c.logOutput()
	if err != nil {
		return err
	}
	defer closeLog()
	p, err := New(ctx, c.Config, output)
	if err != nil {
		return err
	}
	defer p.Close()
	p.downloads = takeDownloads(c.Programs)
	return p.Run(ctx, c.Role, func(running Running) error { return c.ready(ctx, p, running) })
}

// ready tells the parent, if there is one that wants to know, everything it needs to go on.
func (c *serveCommand) ready(ctx context.Context, p *Program, running Running) error {
	if c.ReadyFD < 0 {
		p.log.Info("ready", "url", running.URL)
		return nil
	}
	handover, err := p.handOver(ctx, running, c.LocalUser, c.EnrollAgent)
	if err != nil {
		return err
	}
	pipe := os.NewFile(uintptr(c.ReadyFD), "ready")
	defer func() { _ = pipe.Close() }()
	if err := json.NewEncoder(pipe).Encode(handover); err != nil {
		p.log.Error("parent not told", "error", err) // it has gone, or reads it in part: asking it again does not help
	}
	return nil
}

func (c *serveCommand) logOutput() (io.Writer, func(), error) {
	if c.LogFile == "" || c.LogFile == "-" {
		return os.Stderr, func() {}, nil
	}
	f, err := os.OpenFile(c.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open log: %w", err)
	}
	return f, func() { _ = f.Close() }, nil
}

// readReady reads what the control plane says when it is ready; nothing, if it ends before.
func readReady(r io.Reader) handover {
	var h handover
	line, err := bufio.NewReader(r).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &h)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintf(os.Stderr, "stoad: the control plane's message is not readable: %v\n", err)
	}
	return h
}

type openapiCommand struct{}

// Run prints the contract that the operations make; it needs no database.
func (openapiCommand) Run() error {
	contract, err := Contract()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(contract)
	return err
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	build := telemetry.ReadBuild()
	_, err := fmt.Fprintf(os.Stdout, "stoad %s\n", build.Version)
	return err
}

// sibling finds a program beside this one.
func sibling(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(self), name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return exec.LookPath(name)
}
