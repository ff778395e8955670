package boot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/identity/identityhttp"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/notification/notificationsend"
	"github.com/stoa-cloud/stoa/internal/platform/audit/audithttp"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog/eventloghttp"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
	"github.com/stoa-cloud/stoa/internal/platform/telemetry"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Program is one control plane process as a value: New, Run, Close.
type Program struct {
	config  Config
	replica ident.ID
	log     *slog.Logger
	watch   *telemetry.Telemetry
	infra   *infra
	listen  *split
	runner  *command.Runner
	events
	sliceSet
	auth          identityhttp.Authenticator
	providers     *identity.Providers
	eventAPI      *eventloghttp.Slice
	auditAPI      *audithttp.Slice
	eventPlane    *eventplane.Slice
	outbound      *outbound.Client       // calls addresses that people gave us
	mail          *notificationsend.Mail // nil: no e-mail is sent
	observeMail   func(arrived bool)     // of e-mail that is no notification
	notifications *notification.Slice
	judge0        *judge0.Slice
	edge          *httpx.Server
	graph         *lifecycle.Graph
	lock          *os.File
	stopping      stopping
	downloads     downloads
}

// events is the event log's parts.
type events struct {
	hints     *eventlog.Hints
	tail      *eventlog.Tail
	sequencer *eventlog.Sequencer
	consumers *eventlog.Consumers
	catalogue *eventlog.Catalogue
	leases    *pg.Leases
}

// New opens what the program stands on and binds everything. Nothing is served and
// no loop runs before Run.
func New(ctx context.Context, c Config, output io.Writer) (*Program, error) {
	if err := c.prepare(); err != nil {
		return nil, err
	}
	held, err := lock(c)
	if err != nil {
		return nil, err
	}
	p := &Program{config: c, replica: ident.New(), lock: held}
	if err := p.open(ctx, output); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Program) open(ctx context.Context, output io.Writer) (err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.config.LogLevel)); err != nil {
		return fmt.Errorf("read log level: %w", err)
	}
	p.watch, err = telemetry.New(ctx, telemetry.Config{
		Service: "stoad", Instance: p.replica.String(), Output: output, Level: level, OTLPEndpoint: p.config.OTLPEndpoint,
	})
	if err != nil {
		return err
	}
	p.log = p.watch.Log
	if p.listen, err = listen(ctx, p.config.Listen); err != nil { // early: a taken port is the commonest mistake
		return err
	}
	if p.infra, err = openInfra(ctx, p.config, p.log); err != nil {
		return err
	}
	authority, err := pki.Open(p.config.path("pki"), clock.System)
	if err != nil {
		return err
	}
	incarnation, err := pg.One[int64](ctx, p.infra.db, `SELECT incarnation FROM cluster`)
	if err != nil {
		return fmt.Errorf("read incarnation: %w", err)
	}
	if err := p.bind(authority, incarnation); err != nil {
		return err
	}
	if err := p.succeed(ctx); err != nil {
		return err
	}
	p.graph, err = lifecycle.New(p.log, p.modules()...)
	return err
}

// succeed takes over from the process that had this data folder before, in case it was killed.
func (p *Program) succeed(ctx context.Context) error {
	path := p.config.path("run", "replica")
	if before, err := os.ReadFile(path); err == nil {
		if err := p.leases.Inherit(ctx, string(before)); err != nil {
			return err
		}
	}
	return replaceFile(path, []byte(p.replica.String()))
}

// bind connects everything; it reads and writes nothing.
func (p *Program) bind(authority *pki.Authority, incarnation int64) error {
	p.hints = eventlog.NewHints(p.infra.bus, p.log)
	p.runner = &command.Runner{
		DB: p.infra.db, Table: tenancy.Permissions(), Clock: clock.System, NewID: ident.New, Log: p.log, Observe: p.watch.ObserveCommand,
		Wake: p.wake,
	}
	p.countUnwritten()
	if err := p.openMail(); err != nil {
		return err
	}
	if err := p.bindSlices(authority, incarnation); err != nil {
		return err
	}
	if err := p.bindNotifications(); err != nil {
		return err
	}
	p.bindJudge0()
	p.bindProviders()
	p.auth = append(identityhttp.NewAuthenticator(identity.NewCredentials(p.runner, p.lastUsed)), identityhttp.AccessTokens(p.providers))
	if err := p.bindEvents(); err != nil {
		return err
	}
	return p.bindEdge()
}

// Contract is the API's OpenAPI document, which the operations make. It needs
// nothing that runs.
func Contract() ([]byte, error) {
	dir, err := os.MkdirTemp("", "stoa-contract-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	authority, err := pki.Open(dir, clock.System)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	p := &Program{infra: &infra{}}
	if p.watch, err = telemetry.New(ctx, telemetry.Config{Service: "stoad", Output: io.Discard}); err != nil {
		return nil, err
	}
	p.log = p.watch.Log
	if err := p.bind(authority, 0); err != nil {
		return nil, err
	}
	return p.edge.Contract()
}

// wake tells everybody in this process, and by hints the others, what was just committed.
func (p *Program) wake(committed []eventlog.Event) {
	p.limits.Reader.Changed(committed)
	p.agents.Woken(committed)
	p.hints.Committed(committed)
}

func (p *Program) bindEvents() (err error) {
	p.leases = pg.NewLeases(p.infra.db, p.replica.String(), 0, p.log)
	p.tail = eventlog.NewTail(p.infra.db, p.hints, p.log)
	p.sequencer = eventlog.NewSequencer(p.infra.db, p.hints, p.log)
	if p.catalogue, err = eventlog.NewCatalogue(facts()...); err != nil {
		return fmt.Errorf("catalogue events: %w", err)
	}
	if p.consumers, err = eventlog.NewConsumers(p.infra.db, p.leases, p.hints, p.tail, p.log, append(probes(), p.notifications.Consumer(), p.judge0.Consumer())...); err != nil {
		return fmt.Errorf("declare consumers: %w", err)
	}
	p.consumers.Metric = eventlog.NewMetrics(p.infra.db, p.watch.Registry)
	p.watch.Registry.MustRegister(newSinkGauges(p.infra.db), p.infra.db)
	p.eventAPI, err = eventloghttp.New(p.runner, eventloghttp.Config{
		Tail: p.tail, Catalogue: p.catalogue, Authenticator: p.auth,
		Operator: tenancy.Operator, Whole: []permission.Role{tenancy.Owner, tenancy.Admin}, Manage: []permission.Role{tenancy.ProjectManager},
		Access: accessEvents(), Names: identity.People{}.Names,
	})
	if err != nil {
		return err
	}
	p.auditAPI = audithttp.New(p.runner, audithttp.Config{
		Operator: tenancy.Operator, Whole: []permission.Role{tenancy.Owner, tenancy.Admin}, Names: identity.People{}.Names,
	})
	return p.bindEventPlane(p.catalogue)
}

func (p *Program) bindEdge() error {
	proxies := make([]netip.Prefix, 0, len(p.config.TrustProxy))
	for _, text := range p.config.TrustProxy {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("read --trust-proxy: %w", err)
		}
		proxies = append(proxies, prefix)
	}
	edge, err := httpx.New(httpx.Config{
		Log: p.log, NewID: ident.New, Authenticator: p.auth,
		Limiter: p.limiter, Limited: p.observeRefusals(), Rates: limit.NewRates(p.limits.Reader, p.infra.db, p.log), Tracer: p.watch.Tracer,
		Observe: p.watch.ObserveHTTP, TrustedProxies: proxies,
	})
	if err != nil {
		return err
	}
	p.edge = edge
	p.register()
	return nil
}

// Run starts the roles and works until ctx ends or a module fails, and stops in order.
// ready is called when everything works; it is called again if it fails.
func (p *Program) Run(ctx context.Context, roles []string, ready func(Running) error) error {
	targets, err := targetsOf(roles)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-p.graph.Ready():
			err := insist(ctx, p.log, "announce", func() error {
				running, err := p.announce(ctx)
				if err == nil {
					err = ready(running)
				}
				return err
			})
			if err != nil {
				p.log.Error("not announced", "error", err)
				stop()
				return
			}
			trim()
		case <-ctx.Done():
		}
	}()
	return p.graph.Run(ctx, targets...)
}

// Close lets go of everything that New opened, in reverse.
func (p *Program) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if p.listen != nil {
		_ = p.listen.Close()
	}
	if p.infra != nil {
		p.infra.close(ctx)
	}
	if p.watch != nil {
		_ = p.watch.Close(ctx)
	}
	p.downloads.close()
	_ = os.Remove(p.config.path("run", "stoad.json"))
	_ = p.lock.Close()
}
