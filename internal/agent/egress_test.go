package agent

import (
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// egressTask is one attempt with a link, in the table of an agent that speaks to a control plane.
func egressTask(t *testing.T) (*session, *task, func(change func(*agentv1.Task), list *agentv1.Egress) *agentv1.SignedTask) {
	t.Helper()
	ours, v := signer(t)
	a := &Agent{table: newTable(), gateway: egress.New(egress.Config{}), log: slog.New(slog.DiscardHandler)}
	s := &session{agent: a, verifier: v, at: time.Now(), welcome: &agentv1.Welcome{NodeId: "n", Epoch: 7}}
	x := &task{ref: ref("a"), began: time.Now().Add(-time.Minute), stop: func(error) {}}
	var job sandbox.Job
	first := good()
	first.GetExecution().Egress = &agentv1.Egress{Allow: []string{"a.test:443"}, Revision: 1}
	if err := a.connect(first, x, &job); err != nil || job.Network == nil {
		t.Fatalf("connect: %v, %+v", err, job)
	}
	a.table.add(x, 1000)
	return s, x, func(change func(*agentv1.Task), list *agentv1.Egress) *agentv1.SignedTask {
		task := &agentv1.Task{Ref: ref("a"), NodeId: "n", Epoch: 7, ExpiresMs: 1_000_000, Spec: &agentv1.Task_Egress{Egress: list}}
		change(task)
		return signed(t, ours, task)
	}
}

func TestEgressLists(t *testing.T) {
	s, x, sign := egressTask(t)
	revision := func() int64 { return x.link.Report().Revision }
	as := func(*agentv1.Task) {}
	two := &agentv1.Egress{Allow: []string{"b.test"}, Revision: 2}
	theirs, _ := signer(t)
	forged := signed(t, theirs, &agentv1.Task{Ref: ref("a"), NodeId: "n", Epoch: 7, ExpiresMs: 1_000_000, Spec: &agentv1.Task_Egress{Egress: two}})
	for name, m := range map[string]*agentv1.SignedTask{
		"forged":          forged,
		"another node's":  sign(func(t *agentv1.Task) { t.NodeId = "m" }, two),
		"another session": sign(func(t *agentv1.Task) { t.Epoch = 6 }, two),
		"expired":         sign(func(t *agentv1.Task) { t.ExpiresMs = -1 }, two),
		"another run's":   sign(func(t *agentv1.Task) { t.Ref = ref("b") }, two),
		"another attempt": sign(func(t *agentv1.Task) { t.Ref.Attempt++ }, two),
		"unreadable":      sign(as, &agentv1.Egress{Allow: []string{"127.0.0.1"}, Revision: 2}),
		"no list, a task": sign(func(t *agentv1.Task) { t.Spec = good().Spec }, two),
		"an older one":    sign(as, &agentv1.Egress{Allow: []string{"*"}, Revision: 0}),
		"nothing":         {},
	} {
		if s.setEgress(m); revision() != 1 {
			t.Fatalf("%s: the list changed", name)
		}
	}
	s.setEgress(sign(as, two))
	if revision() != 2 {
		t.Error("the list did not change")
	}
}

func TestEgressNewsIsSentNowAndThen(t *testing.T) {
	s, x, sign := egressTask(t)
	table := s.agent.table
	now := time.Now()
	reports := func(at time.Time) (all []*agentv1.EgressReport, again time.Duration) {
		sent, again, _ := table.collect(at)
		for _, m := range sent {
			if r := m.GetEgress(); r != nil {
				all = append(all, r)
			}
		}
		return all, again
	}
	two, three := &agentv1.Egress{Revision: 2}, &agentv1.Egress{Revision: 3}
	s.setEgress(sign(func(*agentv1.Task) {}, two))
	if all, _ := reports(now); len(all) != 1 || all[0].GetRevision() != 2 || all[0].GetRef().GetId() != "a" {
		t.Errorf("%v", all)
	}
	s.setEgress(sign(func(*agentv1.Task) {}, three))
	all, again := reports(now.Add(egressPace / 2))
	if len(all) != 0 || again <= 0 || again > egressPace/2 {
		t.Errorf("%v, again in %v", all, again)
	}
	if all, _ := reports(now.Add(egressPace)); len(all) != 1 || all[0].GetRevision() != 3 {
		t.Errorf("%v", all)
	}
	// The next session hears it again.
	x.afresh()
	if all, _ := reports(now.Add(3 * egressPace)); len(all) != 1 {
		t.Errorf("%v", all)
	}
}

func TestTheControlPlaneIsOurOwn(t *testing.T) {
	var o own
	if before, err := o.addresses(); err != nil || len(before) == 0 {
		t.Errorf("this host has no addresses: %v", err)
	}
	o.saw(t.Context(), &net.TCPAddr{IP: net.ParseIP("::ffff:8.8.8.8"), Port: 8080}, "9.9.9.9")
	o.saw(t.Context(), &net.UnixAddr{Name: "nowhere"}, "8.8.8.8")
	after, err := o.addresses()
	if err != nil || !slices.Contains(after, netip.MustParseAddr("8.8.8.8")) || !slices.Contains(after, netip.MustParseAddr("9.9.9.9")) {
		t.Errorf("%v, %v", after, err)
	}
}
