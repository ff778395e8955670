package agent

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

// egressPace is the shortest time between two reports about one task.
const egressPace = 500 * time.Millisecond

// own are the addresses that no program reaches: this host's, as of now, and the control plane's.
type own struct {
	mu      sync.Mutex
	control map[netip.Addr]bool // every one that it was seen at
}

func (o *own) addresses() ([]netip.Addr, error) {
	all, err := egress.HostAddresses()
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.AppendSeq(all, maps.Keys(o.control)), nil
}

// saw remembers where the control plane is: at the other end of a session, and wherever
// its name leads.
func (o *own) saw(ctx context.Context, peer net.Addr, name string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	found, _ := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if p, err := netip.ParseAddrPort(peer.String()); err == nil {
		found = append(found, p.Addr())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.control == nil {
		o.control = map[netip.Addr]bool{}
	}
	for _, a := range found {
		o.control[destination.Carried(a)] = true
	}
}

func policyOf(e *agentv1.Egress) (egress.Policy, error) {
	list, err := destination.ParseList(e.GetAllow())
	if err != nil {
		return egress.Policy{}, fmt.Errorf("egress: %w", err)
	}
	return egress.Policy{List: list, Private: e.GetPrivate(), Revision: e.GetRevision()}, nil
}

// connect gives the job the way out that its task names, if any.
func (a *Agent) connect(t *agentv1.Task, x *task, job *sandbox.Job) error {
	e := t.GetExecution().GetEgress()
	if e == nil {
		return nil
	}
	p, err := policyOf(e)
	if err != nil {
		return err
	}
	x.link = a.gateway.Link(p, func() {
		x.egressNews.Store(true)
		a.table.ring()
	})
	job.Network = x.link.Carry
	return nil
}

// setEgress gives a running task another list.
func (s *session) setEgress(signed *agentv1.SignedTask) {
	t, err := openTask(s.verifier, signed, addressee{node: s.welcome.GetNodeId(), epoch: s.welcome.GetEpoch(), clock: s.clock()})
	var p egress.Policy
	if err == nil {
		p, err = policyOf(t.GetEgress())
	}
	if err != nil {
		s.agent.log.Error("egress list thrown away", "error", err)
		return
	}
	if link := s.agent.table.link(t.GetRef()); link != nil {
		link.Update(p)
	}
}

func (t *table) link(ref *agentv1.TaskRef) *egress.Link {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x := t.tasks[key(ref)]; x != nil && x.result == nil {
		return x.link
	}
	return nil
}

// reportOf is what a task's link has to say; nil without one.
func reportOf(ref *agentv1.TaskRef, l *egress.Link) *agentv1.EgressReport {
	if l == nil {
		return nil
	}
	r := l.Report()
	report := &agentv1.EgressReport{
		Ref: ref, Revision: r.Revision, Connections: r.Connections, BytesOut: r.BytesOut, BytesIn: r.BytesIn, RefusedMore: r.RefusedMore,
	}
	for _, x := range r.Refused {
		report.Refused = append(report.Refused, &agentv1.EgressRefusal{Destination: x.Destination, Why: x.Why, Count: x.Count})
	}
	return report
}

// egressReport is a running task's, when it has news and the last one is some time ago; else when to look again.
func (t *task) egressReport(now time.Time) (report *agentv1.EgressReport, again time.Duration) {
	if t.link == nil || t.result != nil || !t.egressNews.Load() {
		return nil, 0
	}
	if wait := egressPace - now.Sub(t.egressTold); wait > 0 {
		return nil, wait
	}
	t.egressNews.Store(false)
	t.egressTold = now
	return reportOf(t.ref, t.link), 0
}
