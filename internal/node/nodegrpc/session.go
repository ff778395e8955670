package nodegrpc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

const (
	helloWithin   = 10 * time.Second
	queueLength   = 256 // messages to one agent that may wait to be sent
	resultsAtOnce = 256 // results of one agent that may be on their way into the database
)

// Why a session ends. Agents come back after all of them.
var (
	errStopping   = status.Error(codes.Unavailable, "This replica stops.")
	errSuperseded = status.Error(codes.Aborted, "Another session of this node was opened.")
	errSilent     = status.Error(codes.Unavailable, "Nothing was heard for longer than the lease.")
	errLapsed     = status.Error(codes.Unavailable, "The lease could not be renewed.")
	errLost       = status.Error(codes.Aborted, "The session no longer holds: another one was opened, it lapsed, or the node was removed.")
	errGone       = status.Error(codes.Unavailable, "The connection to the agent was lost.")
	errClosed     = status.Error(codes.Canceled, "The agent closed the session.")
	errNoHello    = status.Error(codes.InvalidArgument, "A session starts with a hello.")
)

type toAgent = agentv1.ToAgent

type stream = grpc.BidiStreamingServer[agentv1.FromAgent, agentv1.ToAgent]

// session is one agent's, while this replica holds it.
type session struct {
	server *Server
	signer *pki.Signer
	ctx    context.Context //nolint:containedctx // its end is the session's end
	stop   context.CancelCauseFunc
	queue  chan *toAgent
	closed chan struct{} // SessionClosed has returned

	heard   atomic.Int64 // when the last message came, on Server.now
	renewed atomic.Int64 // when the lease was last known to be renewed
	load    atomic.Int32 // tasks that run, as the agent says
	bye     bool         // it stops and runs nothing; of the receiver only

	calls sync.Mutex // one call of a workload at a time
	// Between SessionOpened and SessionClosed; written under calls.
	isOpen atomic.Bool

	mu   sync.Mutex
	info node.Session

	results chan struct{} // one element per result on its way
	storing sync.WaitGroup
}

// Session implements the RPC.
func (s *Server) Session(stream stream) error {
	ctx, stop := context.WithCancelCause(stream.Context())
	defer stop(nil)
	x := &session{
		server: s, ctx: ctx, stop: stop, queue: make(chan *toAgent, queueLength),
		closed: make(chan struct{}), results: make(chan struct{}, resultsAtOnce),
	}
	late := time.AfterFunc(helloWithin, func() { stop(errNoHello) })
	finished := make(chan error, 1)
	if !s.mayRun() {
		return errStopping
	}
	go func() {
		defer s.running.Done()
		finished <- x.run(stream, late)
	}()
	select {
	case err := <-finished:
		return err
	case <-ctx.Done(): // returning ends the stream, and with it the receiver
		return context.Cause(ctx)
	}
}

// run is the session from its hello to its SessionClosed.
func (x *session) run(stream stream, late *time.Timer) error {
	first, err := stream.Recv()
	late.Stop()
	if err != nil {
		return err
	}
	hello := first.GetHello()
	if hello == nil {
		return errNoHello
	}
	if err := x.begin(hello); err != nil {
		return err
	}
	defer x.server.leave(x)
	if err := x.server.enter(x); err != nil {
		return err
	}
	kill, err := x.opened(hello)
	if err != nil {
		x.server.Log.ErrorContext(x.ctx, "session refused", "node_id", x.info.NodeID, "error", err)
		return status.Error(codes.Unavailable, "The session could not be opened.")
	}
	defer x.closing()
	if err := stream.Send(x.welcome(kill)); err != nil {
		return err
	}
	go x.send(stream)
	err = x.receive(stream)
	x.stop(err)
	return err
}

// begin opens the session in the database.
func (x *session) begin(hello *agentv1.Hello) (err error) {
	s := x.server
	if x.signer, err = s.currentSigner(); err != nil {
		return err
	}
	from, asked := caller(x.ctx), s.now()
	in := openOf(hello)
	in.Replica, in.Address = s.Replica, address(x.ctx)
	opened, err := s.Slice.Open(asNode(x.ctx, from), in)
	if err != nil {
		return err
	}
	x.heard.Store(int64(s.now()))
	x.renewed.Store(int64(asked))
	x.load.Store(int32(in.Running)) //nolint:gosec // a count of tasks
	x.info = node.Session{
		NodeID: from, Name: opened.Name, Epoch: opened.Epoch, Slots: in.Slots, Runtimes: in.Runtimes,
		Cordoned: opened.Cordoned, Draining: opened.Draining,
	}
	if last := hello.GetIncarnation(); last != 0 && last != s.Incarnation {
		s.Log.WarnContext(x.ctx, "agent comes from another incarnation: the database was restored",
			"node_id", from, "was", last, "is", s.Incarnation)
	}
	return nil
}

// opened tells the workloads, and collects what they want ended.
func (x *session) opened(hello *agentv1.Hello) ([]node.TaskRef, error) {
	x.calls.Lock()
	defer x.calls.Unlock()
	var kill []node.TaskRef
	for kind, w := range x.server.workloads {
		some, err := w.SessionOpened(x.lasting(), x.snapshot(), refsOf(kind, hello.GetRunning()), refsOf(kind, hello.GetUnacked()))
		if err != nil {
			return nil, fmt.Errorf("open session for %s: %w", kind, err)
		}
		kill = append(kill, some...)
	}
	x.isOpen.Store(true)
	x.server.Log.InfoContext(x.ctx, "session opened", "node_id", x.info.NodeID, "node", x.info.Name, "epoch", x.info.Epoch,
		"running", len(hello.GetRunning()), "unacked", len(hello.GetUnacked()), "kill", len(kill))
	return kill, nil
}

// closing tells the workloads, when nothing of this session can come any more.
func (x *session) closing() {
	x.stop(errGone)
	x.storing.Wait()
	x.calls.Lock()
	defer x.calls.Unlock()
	x.isOpen.Store(false)
	said := why(context.Cause(x.ctx))
	for _, w := range x.server.workloads {
		w.SessionClosed(x.lasting(), x.snapshot(), said)
	}
	x.server.Log.InfoContext(x.ctx, "session closed", "node_id", x.info.NodeID, "node", x.info.Name, "epoch", x.info.Epoch, "reason", said)
	if x.bye {
		if err := x.server.Slice.EndSession(x.lasting(), x.info.NodeID, x.info.Epoch); err != nil {
			x.server.Log.WarnContext(x.ctx, "session left to lapse", "node_id", x.info.NodeID, "error", err)
		}
	}
}

// why is a sentence for the end of a session. A cancelled stream has none of its own.
func why(err error) string {
	if errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled && !errors.Is(err, errClosed) {
		err = errGone
	}
	return status.Convert(err).Message()
}

// lasting is a context that outlives the session: what came in is still handled.
func (x *session) lasting() context.Context { return context.WithoutCancel(x.ctx) }

func (x *session) snapshot() node.Session {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.info
}

// hold is how long executions may go on from now if the agent hears nothing more.
func (x *session) hold() time.Duration {
	t := x.server.timing
	return max(time.Duration(x.renewed.Load())+t.Lease+t.Grace-x.server.now(), 0)
}

func (x *session) welcome(kill []node.TaskRef) *toAgent {
	s := x.server
	return &toAgent{Message: &agentv1.ToAgent_Welcome{Welcome: &agentv1.Welcome{
		NodeId: x.info.NodeID.String(), NodeName: x.info.Name, Epoch: x.info.Epoch, Incarnation: s.Incarnation,
		HeartbeatMs: (s.timing.Lease / 4).Milliseconds(), HoldMs: x.hold().Milliseconds(),
		SignerCertificate: x.signer.Certificate(), ClockMs: s.Clock().UnixMilli(), Kill: refsTo(kill),
	}}}
}
