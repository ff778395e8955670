package boot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/stoa-cloud/stoa/internal/cli/config"
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// greet says where to go, and leaves a context for the CLI of this OS user.
func (s supervisor) greet(ctx context.Context, h handover, took time.Duration) {
	name, current, err := s.saveContext(ctx, h)
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }
	say("Stoa is ready (%.1f s).", took.Seconds())
	say("")
	say("  Console   %s", h.URL)
	say("  API       %s/docs", h.URL)
	say("  Data      %s", s.config.DataDir)
	say("  Log       %s", s.logFile())
	switch {
	case err != nil:
		say("  CLI       no context saved: %v", err)
	case current:
		say("  CLI       stoa whoami (the context “%s” is this user's)", name)
	default:
		say("  CLI       stoa --context %s whoami (this user works in another context)", name)
	}
	if h.SetupURL != "" {
		say("")
		say("  The first administrator sets a password here; the link works once:")
		say("  %s", h.SetupURL)
	}
	if s.config.PublicURL == "" && fromHere(h.Listening) != h.Listening {
		say("")
		say("  It listens on every address of this machine. --public-url names the one that people use, so that links lead there.")
	}
	say("")
	say("Ctrl-C stops it.")
}

// awaitAgent waits until this machine's agent has joined, so that whoever reads the
// greeting can run something at once. It gives up after a while: the Nodes page says why.
func (s supervisor) awaitAgent(ctx context.Context, h handover) {
	ctx, cancel := context.WithTimeout(ctx, agentWithin)
	defer cancel()
	client := stoa.New("http://"+fromHere(h.Listening), stoa.Token(h.OperatorToken))
	for ctx.Err() == nil {
		for n, err := range client.Nodes.List(ctx) {
			if err == nil && n.Status == "ready" {
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// agentWithin bounds how long a greeting waits for the agent.
const agentWithin = 5 * time.Second

// saveContext makes bin/stoa work at once for whoever started Stoa. It tells the context's
// name, and whether that is the one that commands go to.
func (s supervisor) saveContext(ctx context.Context, h handover) (name string, current bool, err error) {
	path, err := config.Path(os.Getenv)
	if err != nil {
		return "", false, err
	}
	c, err := config.Load(path)
	if err != nil {
		return "", false, err
	}
	name = contextName(c, s.config.DataDir)
	if _, there := c.Contexts[c.Current]; !there || c.Current == "local" || c.Contexts[c.Current].DataDir != "" {
		c.Current = name
	}
	project := h.Project.String()
	if before := c.Contexts[name]; before.DataDir == s.config.DataDir && before.Project != "" && before.Project != project && !isGoneProject(ctx, h, before.Project) {
		project = before.Project // which somebody chose: stoa projects use
	}
	c.Contexts[name] = config.Context{URL: h.URL, Token: h.OperatorToken, Project: project, DataDir: s.config.DataDir}
	return name, c.Current == name, config.Save(path, c)
}

// isGoneProject tells whether nobody can work in a project any more: it was archived, or the
// data folder holds another installation by now. Where that cannot be found out, it is still there.
func isGoneProject(ctx context.Context, h handover, project string) bool {
	ctx, cancel := context.WithTimeout(ctx, projectWithin)
	defer cancel()
	found, err := stoa.New("http://"+fromHere(h.Listening), stoa.Token(h.OperatorToken)).Projects.Get(ctx, project)
	return stoa.IsNotFound(err) || err == nil && (found.ArchivedAt != nil || found.Role == "")
}

// projectWithin bounds how long a greeting asks for the project.
const projectWithin = 5 * time.Second

// contextName is the one that the installation in dir has, or else “local”. Where several
// installations are side by side, each keeps its own: local-2 and so on.
func contextName(c config.Config, dir string) string {
	for _, name := range slices.Sorted(maps.Keys(c.Contexts)) {
		if c.Contexts[name].DataDir == dir {
			return name
		}
	}
	name := "local"
	for n := 2; ; n++ {
		other, taken := c.Contexts[name]
		if !taken || other.DataDir == "" && name == "local" || isGone(other.DataDir) {
			return name
		}
		name = fmt.Sprintf("local-%d", n)
	}
}

func isGone(dir string) bool {
	_, err := os.Stat(dir)
	return dir != "" && errors.Is(err, fs.ErrNotExist)
}

func osUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}

func (s supervisor) logFile() string {
	if s.config.LogFile != "" {
		return s.config.LogFile
	}
	return s.config.path("log", "stoad.log")
}

// flags repeats the configuration for the control plane's own process.
func (s supervisor) planeArguments() []string {
	c := s.config
	args := []string{
		"serve", "--role=all", "--ready-fd=3", "--data-dir=" + c.DataDir, "--listen=" + c.Listen, "--log-level=" + c.LogLevel,
		"--log-file=" + s.logFile(), "--node-lease=" + c.NodeLease.String(), "--local-user=" + osUser(),
	}
	for flag, value := range map[string]string{
		"public-url": c.PublicURL, "database-url": c.DatabaseURL, "nats-url": c.NatsURL, "otlp-endpoint": c.OTLPEndpoint,
		"replica-url": strings.Join(c.ReplicaURL, ","), "trust-proxy": strings.Join(c.TrustProxy, ","),
		"allow-calls": strings.Join(c.AllowCalls, ","),
	} {
		if value != "" {
			args = append(args, "--"+flag+"="+value)
		}
	}
	for flag, set := range map[string]bool{"pg-bouncer": c.PgBouncer, "unsafe-no-fsync": c.UnsafeFsync, "enroll-agent": !s.agentEnrolled()} {
		if set {
			args = append(args, "--"+flag)
		}
	}
	return args
}

func (s supervisor) agentDir() string { return s.config.path("agent") }

// agentEnrolled tells whether this machine's agent has joined already.
func (s supervisor) agentEnrolled() bool {
	_, err := os.Stat(s.config.path("agent", "identity.pem"))
	return err == nil
}

// agentCommand makes this machine's agent, which enrols like any other.
func (s supervisor) agentCommand(h handover) (func() *exec.Cmd, error) {
	if s.noAgent {
		return nil, nil
	}
	path, err := sibling("stoa-agent")
	if err != nil {
		return nil, fmt.Errorf("find stoa-agent, which runs code on this machine: %w", err)
	}
	if err := os.MkdirAll(s.agentDir(), 0o700); err != nil {
		return nil, fmt.Errorf("make the agent's folder: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(s.agentDir(), "agent.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the agent's log: %w", err)
	}
	return func() *exec.Cmd {
		cmd := exec.Command(path, "--join="+s.joinAddress(h), "--data-dir="+s.agentDir(), "--log-level="+s.config.LogLevel) //nolint:gosec // our own program
		cmd.Env = append(os.Environ(), "STOA_AGENT_TOKEN="+h.AgentToken)
		cmd.Stdout, cmd.Stderr = log, log
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
		return cmd
	}, nil
}

// joinAddress is where the agent finds the control plane on this machine.
func (s supervisor) joinAddress(h handover) string {
	return "https://" + fromHere(h.Listening)
}
