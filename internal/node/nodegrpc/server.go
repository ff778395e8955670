package nodegrpc

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// maxMessage bounds a task with its files, and a result with its output, in bytes.
const maxMessage = 64 << 20

// Config is what a Server stands on.
type Config struct {
	Slice     *node.Slice
	Authority *pki.Authority
	Replica   ident.ID // of this process: another one after every start
	// Incarnation is the database's; a restore of an older state raises it.
	Incarnation int64
	Clock       clock.Clock
	Log         *slog.Logger
	// Limiter and Rates bound how often one network may try to enrol; nil: they do not.
	Limiter ratelimit.Limiter
	Rates   Rates
}

// Rates says which rate applies to a group of requests of a caller; false: none does.
type Rates interface {
	Rate(ctx context.Context, group string, actor command.Actor) (ratelimit.Policy, bool)
}

// Server speaks with agents and holds their sessions. It implements node.Sessions.
type Server struct {
	agentv1.UnimplementedAgentServer
	Config
	grpc      *grpc.Server
	timing    node.Config
	started   time.Time // the zero of now()
	workloads map[string]node.Workload
	kick      lifecycle.Bell
	stopped   chan struct{}
	running   sync.WaitGroup // sessions, until their SessionClosed has returned

	mu       sync.RWMutex
	sessions map[ident.ID]*session
	stopping bool
	signer   *pki.Signer
}

var _ node.Sessions = (*Server)(nil)

// New makes a server. It fails if an RPC of the protocol names no role.
func New(cfg Config) (*Server, error) {
	roles, err := rolesOf(agentv1.File_api_agent_v1_agent_proto)
	if err != nil {
		return nil, err
	}
	signer, err := cfg.Authority.NewSigner()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Config: cfg, timing: cfg.Slice.Timing(), started: time.Now(), workloads: map[string]node.Workload{},
		kick: lifecycle.NewBell(), stopped: make(chan struct{}), sessions: map[ident.ID]*session{}, signer: signer,
	}
	s.grpc = grpc.NewServer(
		grpc.Creds(credentials.NewTLS(cfg.Authority.ServerTLS())),
		grpc.UnaryInterceptor(roles.unary), grpc.StreamInterceptor(roles.stream),
		grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage),
		grpc.ConnectionTimeout(10*time.Second), grpc.MaxConcurrentStreams(8),
		// Heartbeats tell whether an agent lives; this only frees connections that are dead.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 20 * time.Second, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
	)
	agentv1.RegisterAgentServer(s.grpc, s)
	return s, nil
}

// Register names who handles tasks of a kind. Call it before Serve.
func (s *Server) Register(kind string, w node.Workload) { s.workloads[kind] = w }

// Serve takes agents' connections until Stop. The listener's connections are raw: TLS is made here.
func (s *Server) Serve(l net.Listener) error { return s.grpc.Serve(l) }

// Stop ends every session, so that agents go to another replica, and waits for the
// results that are being stored; at most until ctx ends. It is called once.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	for _, x := range s.sessions {
		x.stop(errStopping)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.grpc.Stop()
	close(s.stopped)
	return ctx.Err()
}

// mayRun counts a session, unless the server stops.
func (s *Server) mayRun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopping {
		s.running.Add(1)
	}
	return !s.stopping
}

// Woken is a command.Runner.Wake hook: what happened to a node is looked at now
// instead of with the next renewal.
func (s *Server) Woken(events []eventlog.Event) {
	for _, e := range events {
		if e.AggregateKind == node.Kind {
			s.Look()
			return
		}
	}
}

// Look renews the leases now, and so notices what became of the nodes.
func (s *Server) Look() { s.kick.Ring() }

// now is what a monotonic clock shows.
func (s *Server) now() time.Duration { return time.Since(s.started) }

// as attaches a caller for the command pipeline.
func as(ctx context.Context, actor command.Actor, correlation, remote string) context.Context {
	return command.WithRequest(ctx, &command.Request{Actor: actor, CorrelationID: correlation, RemoteAddress: remote})
}

func asNode(ctx context.Context, id ident.ID) context.Context {
	return as(ctx, command.Actor{Kind: command.Agent, ID: id}, "node/"+id.String(), address(ctx))
}

// currentSigner is the task signer, replaced in time.
func (s *Server) currentSigner() (*pki.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signer.Due(s.Clock()) {
		fresh, err := s.Authority.NewSigner()
		if err != nil {
			return nil, err
		}
		s.signer = fresh
	}
	return s.signer, nil
}
