package agent

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// maxMessage bounds a task with its files, and a result with its output, in bytes.
const maxMessage = 64 << 20

// missedHeartbeats without a word are taken for a dead connection.
const missedHeartbeats = 3

// session is one connection's, from hello to its end.
type session struct {
	agent    *Agent
	stream   grpc.BidiStreamingClient[agentv1.FromAgent, agentv1.ToAgent]
	welcome  *agentv1.Welcome
	at       time.Time // of the welcome
	verifier *pki.Verifier
	end      context.CancelCauseFunc

	heard atomic.Int64 // when the last message came, as a duration since at

	mu    sync.Mutex
	asked map[int64]time.Time // when each unanswered heartbeat was sent
}

// dial makes a connection that keeps trying until it is closed. wrong receives why
// the server's certificate was refused.
func dial(address string, config *tls.Config, wrong chan<- error) (*grpc.ClientConn, error) {
	if verify := config.VerifyConnection; verify != nil {
		config.VerifyConnection = func(state tls.ConnectionState) error {
			err := verify(state)
			if err != nil {
				select {
				case wrong <- err:
				default: // known already
				}
			}
			return err
		}
	}
	conn, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: 5 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithIdleTimeout(0),
	)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	return conn, nil
}

// drain returns what came, if anything did.
func drain(wrong <-chan error) error {
	select {
	case err := <-wrong:
		return err
	default:
		return nil
	}
}

// session opens one, and keeps it until it ends.
func (a *Agent) session(life context.Context, id *identity) error {
	conn, err := dial(a.address, id.tls(), nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, end := context.WithCancelCause(life)
	defer end(nil)
	client := agentv1.NewAgentClient(conn)
	stream, err := client.Session(ctx)
	if err != nil {
		return sessionError(err)
	}
	s := &session{agent: a, stream: stream, end: end, asked: map[int64]time.Time{}}
	if err := s.open(ctx, id); err != nil {
		return sessionError(err)
	}
	a.connected.Store(true)
	defer a.connected.Store(false)
	a.line.Store(&client)
	defer a.line.CompareAndSwap(&client, nil)
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() { s.send(ctx) })
	both.Go(func() { s.keepCertificate(ctx, client, id) })
	err = s.receive()
	end(err)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return sessionError(err)
}

// sessionError tells a removed node from a session that may be tried again.
func sessionError(err error) error {
	if code := status.Code(err); code == codes.PermissionDenied || code == codes.NotFound {
		return fmt.Errorf("%w (%s)", ErrRemoved, status.Convert(err).Message())
	}
	return err
}

// open says hello and takes the welcome.
func (s *session) open(ctx context.Context, id *identity) error {
	a := s.agent
	hello, err := a.hello(ctx)
	if err != nil {
		return err
	}
	asked := time.Now()
	late := time.AfterFunc(15*time.Second, func() { s.end(errors.New("no welcome came")) })
	defer late.Stop()
	if err := s.stream.Send(&agentv1.FromAgent{Message: &agentv1.FromAgent_Hello{Hello: hello}}); err != nil {
		_, err = s.stream.Recv() // the reason of a failed Send
		return err
	}
	first, err := s.stream.Recv()
	if err != nil {
		return err
	}
	if control, known := peer.FromContext(s.stream.Context()); known {
		name, _, _ := net.SplitHostPort(a.address)
		a.own.saw(ctx, control.Addr, name)
	}
	s.at, s.welcome = time.Now(), first.GetWelcome()
	if s.welcome == nil {
		return errors.New("the control plane did not answer with a welcome")
	}
	if s.verifier, err = pki.NewVerifier(s.welcome.GetSignerCertificate(), id.authority, s.at); err != nil {
		return err
	}
	if a.incarnation != 0 && a.incarnation != s.welcome.GetIncarnation() {
		a.log.Warn("the control plane was restored to another state", "was", a.incarnation, "is", s.welcome.GetIncarnation())
	}
	a.incarnation = s.welcome.GetIncarnation()
	a.hold.extend(asked, s.welcome.GetHoldMs())
	for _, ref := range s.welcome.GetKill() {
		a.table.cancel(ref, endKilled, s.at)
	}
	a.log.Info("session opened", "node", s.welcome.GetNodeName(), "node_id", s.welcome.GetNodeId(), "epoch", s.welcome.GetEpoch(),
		"slots", hello.GetSlots(), "running", len(hello.GetRunning()), "unacked", len(hello.GetUnacked()))
	return nil
}

// clock is the control plane's, in ms since 1970: by its welcome, and what passed here since.
func (s *session) clock() int64 { return s.welcome.GetClockMs() + time.Since(s.at).Milliseconds() }

// receive does what the control plane says, until the stream ends.
func (s *session) receive() error {
	a := s.agent
	for {
		m, err := s.stream.Recv()
		if err != nil {
			return err
		}
		s.heard.Store(int64(time.Since(s.at)))
		switch m := m.GetMessage().(type) {
		case *agentv1.ToAgent_Assign:
			s.assign(m.Assign)
		case *agentv1.ToAgent_Ack:
			a.table.ack(m.Ack.GetRef())
		case *agentv1.ToAgent_Cancel:
			a.table.cancel(m.Cancel.GetRef(), endCancelled(m.Cancel.GetReason()), time.Now())
		case *agentv1.ToAgent_ReplayOutput:
			a.table.replay(m.ReplayOutput.GetRef(), m.ReplayOutput.GetFromSeq())
		case *agentv1.ToAgent_Egress:
			s.setEgress(m.Egress)
		case *agentv1.ToAgent_Input:
			a.table.give(m.Input)
		case *agentv1.ToAgent_Images:
			a.keepImages(m.Images.GetImages())
		case *agentv1.ToAgent_HeartbeatAck:
			s.mu.Lock()
			asked, ok := s.asked[m.HeartbeatAck.GetSeq()]
			delete(s.asked, m.HeartbeatAck.GetSeq())
			s.mu.Unlock()
			if ok {
				a.hold.extend(asked, m.HeartbeatAck.GetHoldMs())
			}
			a.table.forget(s.clock())
		}
	}
}

// send says what the table has to say, and the heartbeats. It alone uses the
// stream's Send after the hello.
func (s *session) send(ctx context.Context) {
	a := s.agent
	every := time.Duration(max(s.welcome.GetHeartbeatMs(), 10)) * time.Millisecond
	beat := time.NewTicker(every)
	defer beat.Stop()
	wait := time.NewTimer(time.Hour)
	defer wait.Stop()
	var seq int64
	for {
		messages, again, done := a.table.collect(time.Now())
		for _, m := range messages {
			if s.stream.Send(m) != nil { // the receiver learns why
				return
			}
			if m.GetResult() != nil {
				crash.Point("agent.result_sent")
			}
		}
		if done {
			s.goodbye()
			return
		}
		if a.imageNews.Swap(false) && s.stream.Send(imageStatuses(a.cfg.Images.Statuses())) != nil {
			return
		}
		if len(messages) > 0 {
			select {
			default:
				continue // more may have come meanwhile
			case <-beat.C:
			}
		} else {
			if again == 0 {
				again = time.Hour
			}
			wait.Reset(again)
			select {
			case <-ctx.Done():
				return
			case <-a.table.bell:
				continue
			case <-wait.C:
				continue
			case <-beat.C:
			}
		}
		if silent := time.Since(s.at) - time.Duration(s.heard.Load()); silent > missedHeartbeats*every {
			s.end(fmt.Errorf("nothing was heard for %s", silent.Round(time.Millisecond)))
			return
		}
		seq++
		if s.heartbeat(seq) != nil {
			return
		}
	}
}

func (s *session) heartbeat(seq int64) error {
	running, _ := s.agent.table.counts()
	s.mu.Lock()
	s.asked[seq] = time.Now()
	s.mu.Unlock()
	return s.stream.Send(&agentv1.FromAgent{Message: &agentv1.FromAgent_Heartbeat{
		Heartbeat: &agentv1.Heartbeat{Seq: seq, Running: int32(running)}, //nolint:gosec // a few
	}})
}

// goodbye tells that nothing runs here any more, and ends the session.
func (s *session) goodbye() {
	_ = s.stream.Send(&agentv1.FromAgent{Message: &agentv1.FromAgent_Goodbye{Goodbye: &agentv1.Goodbye{Reason: reasonAgentStopped}}})
	_ = s.stream.CloseSend()
}

// renewPause is the shortest time between two renewals, also when one failed.
const renewPause = time.Minute

// keepCertificate renews the certificate when two thirds of its life are over.
func (s *session) keepCertificate(ctx context.Context, client agentv1.AgentClient, id *identity) {
	for pause := time.Duration(0); ; pause = renewPause {
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(time.Until(pki.RenewAt(id.cert)), pause)):
		}
		if err := s.agent.renew(ctx, client, id); err != nil && ctx.Err() == nil {
			s.agent.log.Warn("certificate not renewed, trying again", "error", err, "expires", id.cert.NotAfter)
		}
	}
}
