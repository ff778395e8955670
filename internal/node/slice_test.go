package node

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

const operator permission.Role = "platform.operator"

var table = permission.Table{
	"node.enroll": {operator}, "node.cordon": {operator}, "node.uncordon": {operator}, "node.drain": {operator},
	"node.remove": {operator}, "node.list": {operator}, "node.get": {operator},
	"node.admit":        {permission.Anyone},
	"node.open_session": {permission.Agent}, "node.renew_certificate": {permission.Agent},
	"node.mark_offline": {permission.System}, "node.mark_drained": {permission.System},
}

// house is a slice on a database of its own.
type house struct {
	*Slice
	db        *pg.DB
	authority *pki.Authority
	now       func() time.Time

	mu     sync.Mutex
	events []string
}

func build(t *testing.T, cfg Config) *house {
	t.Helper()
	authority, err := pki.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: pgtest.Clone(t), authority: authority, now: clock.System}
	h.Slice = New(&command.Runner{
		Strict: true,
		DB:     h.db, Table: table, Clock: func() time.Time { return h.now() }, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Wake: func(events []eventlog.Event) {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, e := range events {
				h.events = append(h.events, e.Type)
			}
		},
	}, authority, cfg)
	return h
}

func asOperator(t *testing.T) context.Context {
	return command.WithRequest(t.Context(), &command.Request{
		Actor: command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}}, CorrelationID: "test",
	})
}

func asAgent(t *testing.T, id ident.ID) context.Context {
	return command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.Agent, ID: id}, CorrelationID: "test"})
}

func request(t *testing.T) []byte {
	t.Helper()
	_, csr, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	return csr
}

// join enrols a machine and returns its node.
func (h *house) join(t *testing.T, host string) Admitted {
	t.Helper()
	e, err := h.Enroll(asOperator(t), Enroll{})
	if err != nil {
		t.Fatalf("enrol: %v", err)
	}
	n, err := h.Admit(t.Context(), Admit{Token: e.Token, Request: request(t), HostName: host})
	if err != nil {
		t.Fatalf("admit: %v", err)
	}
	return n
}

func (h *house) open(t *testing.T, id ident.ID, slots int) Opened {
	t.Helper()
	opened, err := h.Open(asAgent(t, id), Open{Replica: ident.New(), Slots: slots, Runtimes: []Runtime{{Name: "python", Version: "3.11.2"}}})
	if err != nil {
		t.Fatalf("open session: %v", err)
	}
	return opened
}

func (h *house) get(t *testing.T, id ident.ID) Node {
	t.Helper()
	n, err := h.Get(asOperator(t), Get{NodeID: id})
	if err != nil {
		t.Fatalf("get node: %v", err)
	}
	return n
}

func (h *house) reconcile(t *testing.T) {
	t.Helper()
	if err := h.Reconcile(t.Context()); err != nil {
		t.Fatalf("reconcile: %v", err)
	}
}

func (h *house) happened(t *testing.T, want ...string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if diff := cmp.Diff(want, h.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("error %v, want %s", err, code)
	}
}

func TestEverySQLStatementHolds(t *testing.T) { pgtest.Prepare(t, nil) }

func TestNodeLife(t *testing.T) {
	h := build(t, Config{})
	joined := h.join(t, "host-a")
	if n := h.get(t, joined.NodeID); n.Status != Enrolling || n.Name != "host-a" {
		t.Errorf("new node is %s %q", n.Status, n.Name)
	}
	if opened := h.open(t, joined.NodeID, 4); opened.Epoch != 1 || opened.Cordoned {
		t.Errorf("opened %+v", opened)
	}
	if n := h.get(t, joined.NodeID); n.Status != Ready || n.SlotsTotal != 4 || n.Runtimes[0].ID() != "python@3.11.2" || n.LastSeenAt == nil {
		t.Errorf("node after hello: %+v", n)
	}
	if opened := h.open(t, joined.NodeID, 4); opened.Epoch != 2 {
		t.Errorf("a second session has epoch %d", opened.Epoch)
	}
	for _, step := range []func() (Node, error){
		func() (Node, error) { return h.Cordon(asOperator(t), Cordon{joined.NodeID}) },
		func() (Node, error) { return h.Cordon(asOperator(t), Cordon{joined.NodeID}) }, // again says nothing
		func() (Node, error) { return h.Drain(asOperator(t), Drain{joined.NodeID}) },
		func() (Node, error) { return h.Uncordon(asOperator(t), Uncordon{joined.NodeID}) },
	} {
		if _, err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.get(t, joined.NodeID); n.Status != Ready || n.Cordoned || n.DrainAskedAt != nil {
		t.Errorf("node after uncordon: %+v", n)
	}
	if _, err := h.Remove(asOperator(t), Remove{joined.NodeID}); err != nil {
		t.Fatal(err)
	}
	_, err := h.Open(asAgent(t, joined.NodeID), Open{Replica: ident.New()})
	wantCode(t, err, "node.removed")
	_, err = h.Renew(asAgent(t, joined.NodeID), Renew{Request: request(t)})
	wantCode(t, err, "node.removed")
	if nodes, err := h.List(asOperator(t), List{}); err != nil || len(nodes) != 0 {
		t.Errorf("listed %v, %v", nodes, err)
	}
	h.happened(t, "node.enrollment_created.v1", "node.enrolled.v1", "node.ready.v1",
		"node.cordoned.v1", "node.draining.v1", "node.uncordoned.v1", "node.removed.v1")
}

func TestTokenIsGoodOnce(t *testing.T) {
	h := build(t, Config{})
	e, err := h.Enroll(asOperator(t), Enroll{Name: "rack-1"})
	if err != nil {
		t.Fatal(err)
	}
	admit := Admit{Token: e.Token, Request: request(t), HostName: "elsewhere"}
	bad := admit
	bad.Request = []byte("noise")
	_, err = h.Admit(t.Context(), bad)
	wantCode(t, err, "node.certificate_request") // and the token is not used up

	var wins, losses int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			n, err := h.Admit(t.Context(), admit)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && n.Name == "rack-1":
				wins++
			case fault.Is(err, "node.token"):
				losses++
			default:
				t.Errorf("admitted %+v, %v", n, err)
			}
		})
	}
	all.Wait()
	if wins != 1 || losses != 7 {
		t.Errorf("%d machines joined with one token, %d were refused", wins, losses)
	}
}

func TestTokensThatDoNotHold(t *testing.T) {
	h := build(t, Config{})
	e, err := h.Enroll(asOperator(t), Enroll{Life: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	h.now = func() time.Time { return clock.System().Add(time.Minute) }
	for name, token := range map[string]string{
		"expired": e.Token, "unknown": pki.NewToken(h.authority.Pin()).Reveal(), "noise": "noise",
	} {
		_, err := h.Admit(t.Context(), Admit{Token: token, Request: request(t)})
		if !fault.Is(err, "node.token") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTokenTextIsNotStored(t *testing.T) {
	h := build(t, Config{})
	ctx := command.WithRequest(t.Context(), &command.Request{
		Actor:         command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}},
		CorrelationID: "test", IdempotencyKey: "once",
	})
	first, err := h.Enroll(ctx, Enroll{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Enroll(ctx, Enroll{})
	if err != nil || again.ID != first.ID || again.Token != "" {
		t.Errorf("the repeated request gave %+v, %v", again, err)
	}
}

func TestNamesStayApart(t *testing.T) {
	h := build(t, Config{})
	var names []string
	for _, host := range []string{"web", "web", "web", "Büro 1", "Buro 1", ""} {
		names = append(names, h.join(t, host).Name)
	}
	want := []string{"web", "web-2", "web-3", "node-Bro1-669b90", "node-Buro1-8d2a4f", "node-e3b0c4"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestLeaseAndGrace(t *testing.T) {
	lapsed := Config{Lease: time.Nanosecond, Grace: time.Nanosecond} // over as soon as it is looked at
	h := build(t, lapsed)
	joined := h.join(t, "host-a")
	opened := h.open(t, joined.NodeID, 2)
	if renewed, err := h.RenewLeases(t.Context(), []Held{{joined.NodeID, opened.Epoch, 0}}); err != nil || len(renewed) != 0 {
		t.Errorf("a lease was revived after its grace: %v, %v", renewed, err)
	}
	h.reconcile(t)
	h.reconcile(t)
	if n := h.get(t, joined.NodeID); n.Status != Offline || n.Reason == "" {
		t.Errorf("node is %s: %q", n.Status, n.Reason)
	}
	h.open(t, joined.NodeID, 2)
	if n := h.get(t, joined.NodeID); n.Status != Ready || n.Reason != "" {
		t.Errorf("node is %s: %q", n.Status, n.Reason)
	}
	h.happened(t, "node.enrollment_created.v1", "node.enrolled.v1", "node.ready.v1", "node.offline.v1", "node.ready.v1")
}

func TestOnlyTheLatestSessionIsRenewed(t *testing.T) {
	h := build(t, Config{})
	a, b := h.join(t, "host-a"), h.join(t, "host-b")
	first, second, other := h.open(t, a.NodeID, 2), h.open(t, a.NodeID, 2), h.open(t, b.NodeID, 2)
	if _, err := h.Cordon(asOperator(t), Cordon{b.NodeID}); err != nil {
		t.Fatal(err)
	}
	renewed, err := h.RenewLeases(t.Context(), []Held{{a.NodeID, first.Epoch, 0}, {b.NodeID, other.Epoch, 1}})
	if diff := cmp.Diff([]Renewal{{NodeID: b.NodeID, Epoch: 1, Cordoned: true}}, renewed); diff != "" || err != nil {
		t.Errorf("renewed %v (-want +got):\n%s", err, diff)
	}
	if n := h.get(t, b.NodeID); n.SlotsUsed != 1 {
		t.Errorf("%d slots used", n.SlotsUsed)
	}
	if renewed, err := h.RenewLeases(t.Context(), []Held{{a.NodeID, second.Epoch, 0}}); err != nil || len(renewed) != 1 {
		t.Errorf("the latest session was not renewed: %v, %v", renewed, err)
	}
	if err := h.EndSession(t.Context(), a.NodeID, second.Epoch); err != nil {
		t.Fatal(err)
	}
	h.reconcile(t)
	if n := h.get(t, a.NodeID); n.Status != Offline {
		t.Errorf("after the agent's goodbye the node is %s", n.Status)
	}
	if n := h.get(t, b.NodeID); n.Status != Ready {
		t.Errorf("the other node is %s", n.Status)
	}
}

func TestDrain(t *testing.T) {
	h := build(t, Config{Settle: time.Nanosecond})
	joined := h.join(t, "host-a")
	opened := h.open(t, joined.NodeID, 2)
	if _, err := h.Drain(asOperator(t), Drain{joined.NodeID}); err != nil {
		t.Fatal(err)
	}
	for _, running := range []int{1, 0} {
		if _, err := h.RenewLeases(t.Context(), []Held{{joined.NodeID, opened.Epoch, running}}); err != nil {
			t.Fatal(err)
		}
		h.reconcile(t)
		if n := h.get(t, joined.NodeID); n.Status != Draining || (n.DrainedAt != nil) != (running == 0) {
			t.Errorf("with %d running the node is %s, drained at %v", running, n.Status, n.DrainedAt)
		}
	}
	h.open(t, joined.NodeID, 2) // a reconnect changes nothing
	if n := h.get(t, joined.NodeID); n.Status != Draining || n.Reason != reasonDrained {
		t.Errorf("after a reconnect the node is %s: %q", n.Status, n.Reason)
	}
	if n, err := h.Uncordon(asOperator(t), Uncordon{joined.NodeID}); err != nil || n.Status != Ready || n.Reason != "" {
		t.Errorf("uncordoned: %+v, %v", n, err)
	}
}

func TestHostThatCannotIsolateSaysWhy(t *testing.T) {
	h := build(t, Config{})
	joined := h.join(t, "host-a")
	_, err := h.Open(asAgent(t, joined.NodeID), Open{
		Replica: ident.New(), Enforcement: []Enforcement{{Name: "users", How: "user namespaces are off"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := h.get(t, joined.NodeID); n.SlotsTotal != 0 || n.Reason != "It runs no code, because this host cannot isolate programs. users: user namespaces are off" {
		t.Errorf("reason %q", n.Reason)
	}
}

func TestWhoMay(t *testing.T) {
	h := build(t, Config{})
	joined := h.join(t, "host-a")
	stranger := command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.User, ID: ident.New()}, CorrelationID: "test"})
	for name, call := range map[string]func(context.Context) error{
		"enroll": func(ctx context.Context) error { _, err := h.Enroll(ctx, Enroll{}); return err },
		"list":   func(ctx context.Context) error { _, err := h.List(ctx, List{}); return err },
		"remove": func(ctx context.Context) error { _, err := h.Remove(ctx, Remove{joined.NodeID}); return err },
		"open":   func(ctx context.Context) error { _, err := h.Open(ctx, Open{}); return err },
	} {
		if err := call(stranger); err == nil || fault.KindOf(err) != fault.Denied {
			t.Errorf("%s by a stranger: %v", name, err)
		}
		if err := call(t.Context()); err == nil || fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s by nobody: %v", name, err)
		}
	}
	_, err := h.Get(asOperator(t), Get{NodeID: ident.New()})
	if err == nil || fault.KindOf(err) != fault.NotFound {
		t.Errorf("get of nothing: %v", err)
	}
}
