package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/filecache"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Driver runs jobs; *sandbox.Driver is one.
type Driver interface {
	Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error)
	Runtimes(ctx context.Context) ([]sandbox.Runtime, error)
	Enforcement() []sandbox.Enforced
}

// Images keeps container images and runs programs in them; *image.Runner is one.
type Images interface {
	Keep(all []image.Ref)
	Statuses() []image.Status
	Run(ctx context.Context, p image.Program, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error)
}

// Config says where the control plane is and what this agent offers.
type Config struct {
	Join    string // the control plane: "https://host:8080" or "host:8080"
	Token   string // an enrolment token; needed once
	DataDir string // the agent's own folder: its identity
	Version string
	// Driver runs code. Without one the node registers with no slots, and Missing
	// says what the host lacks.
	Driver  Driver
	Missing []string
	Images  Images           // nil: this node runs no images
	Files   *filecache.Cache // nil: it takes no files that do not come with their tasks
	Slots   int              // how many tasks may run at once; zero is DefaultSlots
	Log     *slog.Logger
	Metrics *Metrics // nil: none
	// NameServers resolve names for programs with egress, "192.0.2.1:53". Empty: the host's.
	NameServers []string
}

// Agent is the program.
type Agent struct {
	cfg     Config
	address string // host:port
	log     *slog.Logger
	table   *table
	runs    sync.WaitGroup
	hold    *hold
	host    string
	own     own
	gateway *egress.Gateway

	line     atomic.Pointer[agentv1.AgentClient] // of the session that is open; nil: none
	fetching chan struct{}                       // one element per file that is coming

	incarnation int64       // of the last welcome
	connected   atomic.Bool // a session is open
	imageNews   atomic.Bool // what the control plane should hear of images, and was not told yet
}

// ErrRemoved says that the control plane no longer knows this node.
var ErrRemoved = errors.New("this node was removed: enrol the machine again with a new token")

// Back-off between sessions.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// farewell is how long the results of a stopping agent may take to be acked.
const farewell = 5 * time.Second

// New makes an agent. It does nothing until Run.
func New(cfg Config) (*Agent, error) {
	address, err := addressOf(cfg.Join)
	if err != nil {
		return nil, err
	}
	if cfg.DataDir == "" {
		return nil, errors.New("the agent needs a data folder (--data-dir)")
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Slots == 0 {
		cfg.Slots = DefaultSlots()
	}
	if cfg.Driver == nil {
		cfg.Slots = 0
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("read host name: %w", err)
	}
	a := &Agent{cfg: cfg, address: address, log: cfg.Log, table: newTable(), host: host, fetching: make(chan struct{}, filesAtOnce)}
	a.gateway = egress.New(egress.Config{Own: a.own.addresses, Resolver: egress.Servers{At: cfg.NameServers}, Log: cfg.Log})
	a.hold = newHold(func() { a.table.cancelAll(endLost) })
	return a, nil
}

// DefaultSlots is four per core, and sixteen at least. A slot is taken from before the
// submit's commit until after the result's, so of a short run it is mostly idle: with
// one per core the cores would wait for the disk. What computes takes turns on the cores.
// Sixteen, because one person may have ten under way (execution.concurrent): on a small
// machine too, somebody with ten endless ones leaves others a slot.
func DefaultSlots() int { return max(16, 4*runtime.NumCPU()) }

// addressOf is the host and port of the control plane. The connection is TLS, whatever the scheme.
func addressOf(join string) (string, error) {
	text := join
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return "", fmt.Errorf("%q is no address of a control plane; it looks like https://host:8080 (--join)", join)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// Run enrols if need be, and keeps a session until ctx ends. Then it ends what runs,
// gives the results a moment to be stored, and returns nil.
func (a *Agent) Run(ctx context.Context) error {
	defer a.hold.end()
	id, err := a.identify(ctx)
	if err != nil || id == nil {
		return err
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	stopped := context.AfterFunc(ctx, func() {
		a.table.stop()
		time.AfterFunc(farewell, end)
	})
	defer stopped()
	err = a.keepSession(ctx, life, id)
	a.table.stop()
	a.runs.Wait()
	return err
}

// keepSession opens one session after the other.
func (a *Agent) keepSession(ctx, life context.Context, id *identity) error {
	pause := firstPause
	for {
		began := time.Now()
		err := a.session(life, id)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrRemoved) && a.cfg.Token != "" && id.enrolled.Before(began):
			a.log.Warn("this node was removed; enrolling again with the token")
			if id, err = a.enroll(ctx); err != nil {
				return errors.Join(ErrRemoved, err)
			}
		case errors.Is(err, ErrRemoved):
			return err
		}
		if time.Since(began) > 2*lastPause {
			pause = firstPause
		}
		wait := pause/2 + rand.N(pause) //nolint:gosec // jitter
		a.log.Warn("no session with the control plane", "error", err, "again_in", wait.Round(time.Millisecond))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		pause = min(2*pause, lastPause)
	}
}

// hello is everything that the control plane needs to know first.
func (a *Agent) hello(ctx context.Context) (*agentv1.Hello, error) {
	h := &agentv1.Hello{
		AgentVersion: a.cfg.Version, Incarnation: a.incarnation, Slots: int32(a.cfg.Slots), //nolint:gosec // a few
		Facts: &agentv1.NodeFacts{
			Os: runtime.GOOS, Arch: runtime.GOARCH, Cores: int32(runtime.NumCPU()), MemoryBytes: memory(), HostName: a.host, //nolint:gosec // a few
		},
	}
	for _, missing := range a.cfg.Missing {
		h.Enforcement = append(h.Enforcement, &agentv1.Enforcement{Name: "isolation", How: missing})
	}
	if a.cfg.Driver != nil {
		runtimes, err := a.cfg.Driver.Runtimes(ctx)
		if err != nil {
			return nil, fmt.Errorf("find runtimes: %w", err)
		}
		h.Runtimes = runtimesTo(runtimes)
		for _, e := range a.cfg.Driver.Enforcement() {
			h.Enforcement = append(h.Enforcement, &agentv1.Enforcement{Name: e.What, How: e.How, Ok: e.OK})
		}
	}
	h.Running, h.Unacked = a.table.afresh()
	return h, nil
}

func runtimesTo(runtimes []sandbox.Runtime) []*agentv1.Runtime {
	all := make([]*agentv1.Runtime, 0, len(runtimes))
	for _, r := range runtimes {
		classes := make([]string, len(r.Classes))
		for i, c := range r.Classes {
			classes[i] = string(c)
		}
		all = append(all, &agentv1.Runtime{
			Name: r.Name, Version: r.Version, FileName: r.FileName, Example: r.Example,
			Compiled: len(r.Compile) > 0, Classes: classes, MinMemoryBytes: r.MinMemoryBytes,
		})
	}
	return all
}
