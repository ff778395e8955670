package nodegrpc

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent"
	"github.com/stoa-cloud/stoa/internal/agent/filecache"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/leaktest"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

func TestMain(m *testing.M) {
	leaktest.Main(m)
}

const operator permission.Role = "platform.operator"

var table = permission.Table{
	"node.enroll": {operator}, "node.cordon": {operator}, "node.uncordon": {operator}, "node.drain": {operator},
	"node.remove": {operator}, "node.list": {operator}, "node.get": {operator},
	"node.admit":        {permission.Anyone},
	"node.open_session": {permission.Agent}, "node.renew_certificate": {permission.Agent},
	"node.mark_offline": {permission.System}, "node.mark_drained": {permission.System},
}

// plane is a control plane: the real database, server and TLS, and a workload that the test plays.
type plane struct {
	images agent.Images // of agents that are started; nil: none
	*Server
	work      *workload
	authority *pki.Authority
	link      *link
	address   string // what agents dial: the link's
	log       *slog.Logger

	mu    sync.Mutex
	shift time.Duration // of the control plane's clock
}

func (p *plane) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return clock.System().Add(p.shift)
}

func (p *plane) turnClock(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shift = by
}

func logger(tb testing.TB) *slog.Logger {
	if os.Getenv("STOA_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil)).With("test", tb.Name())
}

func start(tb testing.TB, cfg node.Config) *plane {
	tb.Helper()
	return startAt(tb, cfg, 0)
}

// startAt starts with the control plane's clock shifted.
func startAt(tb testing.TB, cfg node.Config, shift time.Duration) *plane {
	tb.Helper()
	p := &plane{work: newWorkload(), log: logger(tb), shift: shift}
	var err error
	if p.authority, err = pki.Open(tb.TempDir(), p.clock); err != nil {
		tb.Fatal(err)
	}
	runner := &command.Runner{DB: pgtest.Clone(tb), Table: table, Clock: p.clock, NewID: ident.New, Log: p.log}
	p.Server, err = New(Config{
		Slice: node.New(runner, p.authority, cfg), Authority: p.authority, Replica: ident.New(), Incarnation: 1, Clock: p.clock, Log: p.log,
	})
	if err != nil {
		tb.Fatal(err)
	}
	runner.Wake = p.Woken
	p.Register(node.KindExecution, p.work)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p.link = newLink(tb, listener.Addr().String())
	p.address = p.link.address()
	ctx, stop := context.WithCancel(context.Background())
	var both sync.WaitGroup
	both.Go(func() { _ = p.Serve(listener) })
	both.Go(func() { _ = p.Run(ctx) })
	tb.Cleanup(func() {
		p.link.close()
		stopping, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := p.Stop(stopping); err != nil {
			tb.Errorf("the server did not stop: %v", err)
		}
		stop()
		both.Wait()
	})
	return p
}

func asOperator(tb testing.TB) context.Context {
	return command.WithRequest(tb.Context(), &command.Request{
		Actor: command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}}, CorrelationID: "test",
	})
}

func (p *plane) token(tb testing.TB) string {
	tb.Helper()
	e, err := p.Slice.Enroll(asOperator(tb), node.Enroll{})
	if err != nil {
		tb.Fatal(err)
	}
	return e.Token
}

// machine is an agent with a sandbox that the test plays.
type machine struct {
	dir    string
	driver *driver
	stop   context.CancelFunc
	done   chan error // what Run returned
}

// machine starts an agent that dials through the link.
func (p *plane) machine(tb testing.TB, token, dir string) *machine {
	tb.Helper()
	m := &machine{dir: dir, driver: newDriver(), done: make(chan error, 1)}
	files, err := filecache.Open(filepath.Join(dir, "files"), 1<<30)
	if err != nil {
		tb.Fatal(err)
	}
	a, err := agent.New(agent.Config{
		Join: p.address, Token: token, DataDir: dir, Version: "1.0.0-test", Driver: m.driver, Images: p.images, Files: files, Slots: 4, Log: p.log.With("agent", dir),
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.done <- a.Run(ctx)
	}()
	tb.Cleanup(func() {
		p.link.thaw()
		stop()
		<-ended
	})
	return m
}

// join starts an agent, enrols it and waits for its session.
func (p *plane) join(tb testing.TB) (*machine, node.Session) {
	tb.Helper()
	m := p.machine(tb, p.token(tb), tb.TempDir())
	return m, wait(tb, p.work.opened).session
}

// assign gives the machine a task and waits until its sandbox has it.
func (p *plane) assign(tb testing.TB, m *machine, s node.Session) (node.TaskRef, *run) {
	tb.Helper()
	ref := node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}
	if err := p.Assign(s.NodeID, s.Epoch, node.Task{Ref: ref, Execution: &node.ExecutionSpec{Runtime: "python", Source: []byte("print(1)")}}); err != nil {
		tb.Fatalf("assign: %v", err)
	}
	return ref, wait(tb, m.driver.runs)
}

// wait receives, and fails the test when nothing comes.
func wait[T any](tb testing.TB, from <-chan T) T {
	tb.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(time.Minute):
		tb.Fatalf("no %T came", *new(T))
		panic("unreachable")
	}
}

// none fails the test if something is waiting.
func none[T any](tb testing.TB, from <-chan T) {
	tb.Helper()
	select {
	case v := <-from:
		tb.Errorf("unexpected %+v", v)
	default:
	}
}

// client speaks the protocol by hand, with an enrolled machine's certificate.
func (p *plane) client(tb testing.TB, dir string) agentv1.AgentClient {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "identity.pem"))
	if err != nil {
		tb.Fatal(err)
	}
	key, certs, err := pki.DecodePEM(text)
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := grpc.NewClient("passthrough:///"+p.link.address(), grpc.WithTransportCredentials(credentials.NewTLS(pki.ClientTLS(key, certs[0], certs[1]))))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return agentv1.NewAgentClient(conn)
}
