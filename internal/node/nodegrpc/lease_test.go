package nodegrpc

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent"
	"github.com/stoa-cloud/stoa/internal/node"
)

func TestSecondSessionSupersedesTheFirst(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	stream, err := p.client(t, m.dir).Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&agentv1.FromAgent{Message: &agentv1.FromAgent_Hello{Hello: &agentv1.Hello{}}}); err != nil {
		t.Fatal(err)
	}
	closed := wait(t, p.work.closed)
	if closed.session.Epoch != 1 || closed.reason != "Another session of this node was opened." {
		t.Errorf("closed %+v", closed)
	}
	if o := wait(t, p.work.opened); o.session.NodeID != s.NodeID || o.session.Epoch != 2 {
		t.Errorf("opened %+v", o)
	}
	if err := p.Assign(s.NodeID, 1, node.Task{Execution: &node.ExecutionSpec{}}); !errors.Is(err, node.ErrNoSession) {
		t.Errorf("assigned to the superseded session: %v", err)
	}
	if o := wait(t, p.work.opened); o.session.Epoch != 3 { // the agent comes back, and has the last word
		t.Errorf("opened %+v", o)
	}
	if _, err := drainStream(stream); status.Code(err) != codes.Aborted {
		t.Errorf("the second session ended with %v", err)
	}
}

func drainStream(stream interface {
	Recv() (*agentv1.ToAgent, error)
},
) (n int, err error) {
	for ; err == nil; n++ {
		_, err = stream.Recv()
	}
	return n, err
}

// short is a lease that a busy machine renews in time: an agent that misses three quarters of it comes anew.
var short = node.Config{Lease: 9 * time.Second, Grace: 3 * time.Second}

func TestTheLeaseIsToldToTheAgent(t *testing.T) {
	t.Parallel()
	p := start(t, short)
	m, _ := p.join(t)
	stream, err := p.client(t, m.dir).Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&agentv1.FromAgent{Message: &agentv1.FromAgent_Hello{Hello: &agentv1.Hello{}}}); err != nil {
		t.Fatal(err)
	}
	first, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	w := first.GetWelcome()
	if w.GetHeartbeatMs() != (short.Lease/4).Milliseconds() || w.GetHoldMs() > (short.Lease+short.Grace).Milliseconds() {
		t.Errorf("heartbeats after %d ms, held for %d ms", w.GetHeartbeatMs(), w.GetHoldMs())
	}
}

func TestSilentAgentLosesItsLease(t *testing.T) {
	t.Parallel()
	p := start(t, short)
	m, s := p.join(t)
	_, r := p.assign(t, m, s)
	p.link.freeze()
	closed := wait(t, p.work.closed)
	if closed.reason != "Nothing was heard for longer than the lease." {
		t.Errorf("closed: %s", closed.reason)
	}
	if _, err := p.find(s.NodeID); !errors.Is(err, node.ErrNoSession) {
		t.Errorf("the session is still there: %v", err)
	}
	<-r.ctx.Done() // lease and grace are over for the agent too
	p.link.thaw()
	p.link.cut(false)
	wait(t, p.work.opened)
	if e := wait(t, p.work.ended); e.result.Outcome != node.OutcomeError || e.result.ReasonCode != node.ReasonControlPlaneLost {
		t.Errorf("ended %+v", e)
	}
}

func TestSessionLivesByItsHeartbeats(t *testing.T) {
	t.Parallel()
	p := start(t, short)
	m, s := p.join(t)
	_, r := p.assign(t, m, s)
	idle := time.NewTimer(short.Lease + short.Grace + time.Second)
	defer idle.Stop()
	select {
	case <-idle.C:
	case c := <-p.work.closed:
		t.Errorf("closed: %s", c.reason)
	case <-r.ctx.Done():
		t.Error("the run was ended")
	}
	r.done <- completed(0, 0)
	wait(t, p.work.ended)
}

func TestStoppingAgentSaysGoodbye(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	p.assign(t, m, s)
	m.stop()
	if e := wait(t, p.work.ended); e.result.Outcome != node.OutcomeError || e.result.ReasonCode != node.ReasonAgentStopped {
		t.Errorf("ended %+v", e)
	}
	if err := wait(t, m.done); err != nil {
		t.Errorf("the agent stopped with %v", err)
	}
	if c := wait(t, p.work.closed); c.reason != "The agent closed the session." {
		t.Errorf("closed: %s", c.reason)
	}
	p.running.Wait()
	if err := p.Slice.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Slice.Get(asOperator(t), node.Get{NodeID: s.NodeID}); err != nil || n.Status != node.Offline {
		t.Errorf("the node is %s, %v", n.Status, err)
	}
}

func TestCordonIsNoticedAtOnce(t *testing.T) {
	p := start(t, node.Config{}) // with the renewal alone it would take three seconds
	_, s := p.join(t)
	if _, err := p.Slice.Drain(asOperator(t), node.Drain{NodeID: s.NodeID}); err != nil {
		t.Fatal(err)
	}
	if c := wait(t, p.work.changed); !c.Cordoned || !c.Draining {
		t.Errorf("changed %+v", c)
	}
	if local := p.Local(); len(local) != 1 || !local[0].Cordoned {
		t.Errorf("local sessions: %+v", local)
	}
}

func TestRemovedNodeIsRefused(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	stolen := t.TempDir()
	identity, err := os.ReadFile(filepath.Join(m.dir, "identity.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stolen, "identity.pem"), identity, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Slice.Remove(asOperator(t), node.Remove{NodeID: s.NodeID}); err != nil {
		t.Fatal(err)
	}
	wait(t, p.work.closed)
	// The token that it once joined with is spent, so that it cannot come back by itself.
	if err := wait(t, m.done); !errors.Is(err, agent.ErrRemoved) {
		t.Errorf("the agent ended with %v", err)
	}
	if err := wait(t, p.machine(t, "", stolen).done); !errors.Is(err, agent.ErrRemoved) {
		t.Errorf("the stolen certificate: %v", err)
	}
	_, err = p.client(t, stolen).Renew(t.Context(), &agentv1.RenewRequest{})
	if status.Code(err) != codes.PermissionDenied {
		t.Errorf("renewing the stolen certificate: %v", err)
	}
	none(t, p.work.opened)
}
