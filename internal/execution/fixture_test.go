package execution_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/execution/executionpg"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/natsbus"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

const python = "python@3.11.2"

// world is the slice on a real database, with nodes that the test plays.
type world struct {
	*execution.Slice
	t      *testing.T
	db     *pg.DB
	org    ident.ID
	proj   ident.ID
	nodes  *nodes
	files  uploads
	limits limits
	now    time.Time
	ended  *ends
	store  execution.Store // of replicas that are made from now on

	replica func() *execution.Slice // makes another one, on the same bus and rows
}

func newWorld(t *testing.T) *world {
	t.Helper()
	b, err := natsbus.Embed(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	w := &world{
		t: t, db: pgtest.Clone(t), org: ident.New(), proj: ident.New(), nodes: &nodes{sent: map[ident.ID]sent{}}, files: uploads{},
		limits: maps.Clone(usual), now: clock.System(), ended: &ends{}, store: executionpg.Store{},
	}
	log := slog.New(slog.DiscardHandler)
	hints := eventlog.NewHints(b, log)
	w.replica = func() *execution.Slice {
		runner := &command.Runner{
			Strict: true,
			DB:     w.db, Table: table(), Clock: func() time.Time { return w.now }, NewID: ident.New, Log: log, Wake: hints.Committed,
		}
		return execution.New(execution.Needs{
			Runner: runner, Store: w.store, Limits: w.limits, Projects: home{w.org, w.proj}, Names: nameless{}, Files: w.files, Nodes: w.nodes,
			Waker: hints, Live: execution.NewLive(b, log), Log: log, Registry: shelf{}, Keys: keys{},
			Observe: w.ended.add,
		})
	}
	w.Slice = w.replica()
	return w
}

// ends are the executions whose end was told to who counts them.
type ends struct {
	mu  sync.Mutex
	all []execution.Execution
}

func (o *ends) add(e execution.Execution) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, e)
}

// take gives what was told since the last time, as “status reason”.
func (o *ends) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var said []string
	for _, e := range o.all {
		said = append(said, strings.TrimSpace(string(e.Status)+" "+e.ReasonCode))
	}
	o.all = nil
	return said
}

// table lets a project member do everything with executions, as the real table does.
func table() permission.Table {
	t := permission.Table{}
	for _, name := range []string{"submit", "retry", "cancel", "egress.update", "attach", "attached", "input", "recording", "delete", "get", "watch", "output", "list", "queue", "reprioritize", "list_all", "waiting", "artefacts", "artefact", "artefacts.archive"} {
		t["execution."+name] = []permission.Role{"member"}
	}
	for _, name := range []string{"execution.claim", "execution.requeue", "execution.expire", "execution.forget"} {
		t[name] = []permission.Role{permission.System}
	}
	for _, name := range []string{"execution.begin", "execution.end", "execution.egress.report", "runtime.offer"} {
		t[name] = []permission.Role{permission.Agent}
	}
	for _, name := range []string{"runtime.create", "runtime.update", "runtime.remove", "runtime.inspect", "runtime.nodes"} {
		t[name] = []permission.Role{permission.Anyone}
	}
	t["execution.list_all"] = append(t["execution.list_all"], tenancy.Operator)
	t["execution.waiting"] = append(t["execution.waiting"], tenancy.Operator)
	t["runtime.report"] = []permission.Role{permission.Agent}
	t["runtime.list"] = []permission.Role{permission.Anyone}
	return t
}

// as is the context of a member of the project.
func (w *world) as(user ident.ID) context.Context {
	return command.WithRequest(w.t.Context(), &command.Request{
		Actor: command.Actor{
			Kind: command.User, ID: user, DefaultProject: w.proj,
			Projects: map[ident.ID]command.Membership{w.proj: {Organization: w.org, Role: "member"}},
		},
		CorrelationID: "test",
	})
}

// join opens a session of a node with some slots.
func (w *world) join(slots int, running ...node.TaskRef) node.Session {
	w.t.Helper()
	return w.rejoin(ident.New(), 1, slots, running...)
}

func (w *world) rejoin(id ident.ID, epoch int64, slots int, running ...node.TaskRef) node.Session {
	w.t.Helper()
	s := node.Session{NodeID: id, Name: "node-1", Epoch: epoch, Slots: slots, Runtimes: []node.Runtime{{Name: "python", Version: "3.11.2", FileName: "main.py"}}}
	if _, err := w.SessionOpened(w.t.Context(), s, running, nil); err != nil {
		w.t.Fatalf("open session: %v", err)
	}
	return s
}

func hello() execution.Submit {
	return execution.Submit{Runtime: "python", Priority: execution.Normal, Input: execution.Input{Source: "print(1)"}}
}

func (w *world) submit(user ident.ID, in execution.Submit) execution.Execution {
	w.t.Helper()
	e, err := w.Submit(w.as(user), in)
	if err != nil {
		w.t.Fatalf("submit: %v", err)
	}
	return e
}

func (w *world) get(id ident.ID) execution.Execution {
	w.t.Helper()
	e, err := executionpg.Store{}.Get(w.t.Context(), w.db, id)
	if err != nil {
		w.t.Fatalf("get: %v", err)
	}
	return e
}

// end reports a result as the node would.
func (w *world) end(e execution.Execution, r node.ExecutionResult) error {
	return w.Ended(w.t.Context(), e.NodeID, e.Epoch, ref(e), r)
}

func ref(e execution.Execution) node.TaskRef {
	return node.TaskRef{Kind: execution.Kind, ID: e.ID, Attempt: e.Attempt}
}

func exited(code int) node.ExecutionResult {
	outcome := node.OutcomeCompleted
	if code != 0 {
		outcome = node.OutcomeFailed
	}
	return node.ExecutionResult{
		Outcome: outcome, ExitCode: &code, Stdout: []byte("out"), Stderr: []byte("err"), Layout: []int32{3, -3}, StdoutBytes: 3, StderrBytes: 3,
		Usage: node.Usage{Wall: time.Millisecond, CPU: time.Millisecond, PeakMemoryBytes: 1 << 20},
	}
}

// checkLoad compares the counters with what they count.
func (w *world) checkLoad() {
	w.t.Helper()
	type row struct {
		User           ident.ID `db:"user_id"`
		Active, Queued int
		IsActive       int `db:"is_active"`
		IsQueued       int `db:"is_queued"`
	}
	rows, err := pg.All[row](w.t.Context(), w.db, `
SELECT l.user_id, l.active, l.queued,
       count(e.id) FILTER (WHERE e.status IN ('scheduled', 'running')) AS is_active, count(e.id) FILTER (WHERE e.status = 'queued') AS is_queued
FROM execution_load l LEFT JOIN execution e ON e.owner_id = l.user_id GROUP BY l.user_id, l.active, l.queued`)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Active != r.IsActive || r.Queued != r.IsQueued {
			w.t.Errorf("load of %s says %d active and %d queued; there are %d and %d", r.User, r.Active, r.Queued, r.IsActive, r.IsQueued)
		}
	}
}

// nodes records what was sent to agents.
type nodes struct {
	mu        sync.Mutex
	sent      map[ident.ID]sent
	cancelled []ident.ID
	egress    []execution.Egress        // that running attempts were given
	inputs    chan given                // that running attempts were given; nil: no session is here
	images    map[ident.ID][]node.Image // that each node is to have
	run       func(execution.Execution) // what a node does with it, if anything
}

// given is input that a running attempt was given.
type given struct {
	id      ident.ID
	attempt int
	in      node.Input
}

type sent struct {
	to execution.Slot
	e  execution.Execution
	in execution.Input
}

func (n *nodes) Assign(_ context.Context, to execution.Slot, e execution.Execution, in execution.Input) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sent[e.ID] = sent{to, e, in}
	if n.run != nil {
		go n.run(e)
	}
	return nil
}

func (n *nodes) Cancel(_ context.Context, _, id ident.ID, _ int, _ string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cancelled = append(n.cancelled, id)
	return nil
}

func (n *nodes) Input(_, id ident.ID, attempt int, in node.Input) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.inputs == nil {
		return node.ErrNoSession
	}
	n.inputs <- given{id, attempt, in}
	return nil
}

func (n *nodes) SetEgress(_ context.Context, _, _ ident.ID, _ int, to execution.Egress) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.egress = append(n.egress, to)
	return nil
}

func (n *nodes) Replay(context.Context, ident.ID, ident.ID, int) error { return nil }

func (n *nodes) has(id ident.ID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, ok := n.sent[id]
	return ok
}

type home struct{ org, proj ident.ID }

func (h home) ForWork(_ context.Context, _ pg.Querier, _ command.Actor, _ ident.ID) (command.Scope, error) {
	return command.Scope{Organization: h.org, Project: h.proj}, nil
}

func (h home) ForReading(ctx context.Context, q pg.Querier, a command.Actor, requested ident.ID) (command.Scope, error) {
	return h.ForWork(ctx, q, a, requested)
}

// nameless knows nobody's name.
type nameless struct{}

func (nameless) Names(context.Context, pg.Querier, []ident.ID, []ident.ID) (execution.Names, error) {
	return execution.Names{}, nil
}

type limits map[string]int64

var usual = limits{
	"execution.timeout.default_ms": 30_000, "execution.timeout.max_ms": 300_000, "execution.cpu.max_ms": 300_000,
	"execution.memory.default_bytes": 128 << 20, "execution.memory.max_bytes": 512 << 20, "execution.source.max_chars": 50_000,
	"execution.output.max_bytes": 1 << 20, "execution.processes.max": 64, "execution.disk.max_bytes": 64 << 20,
	"execution.concurrent": 10, "execution.project.concurrent": execution.Unshared, "execution.organization.concurrent": execution.Unshared, "execution.batch.max": 100, "execution.queue.per_user": 100, "execution.queue.total": 10_000, "execution.priority.max": int64(execution.Critical), "execution.egress.allowed": 0, "execution.egress.private": 0,
	"execution.input.max_bytes": 40 << 20, "execution.artefacts.max_bytes": 8 << 20, "execution.artefacts.max_count": 100,
	"execution.interactive.idle_ms": 60_000, "execution.recording.max_bytes": 1 << 20,
	"execution.retention_hours": 0,
	"execution.class.default":   0, "execution.class.start_ms": 5,
	"execution.class.process.allowed": 1, "execution.class.fresh.allowed": 1, "execution.class.gvisor.allowed": 1,
}

func (l limits) Int(_ context.Context, _ pg.Querier, name string, who execution.Subject) (execution.LimitValue, error) {
	if own, ok := l[name+"/"+who.User.String()]; ok {
		return value{name, own}, nil
	}
	v, ok := l[name]
	if !ok {
		return nil, fmt.Errorf("no limit %q", name)
	}
	return value{name, v}, nil
}

type value struct {
	name string
	n    int64
}

func (v value) Int() int64 { return v.n }

// Text is the word of those that are in words.
func (v value) Text() string {
	if v.name == "execution.priority.max" {
		return execution.Priority(v.n).String()
	}
	if v.name == "execution.egress.allowed" {
		return []string{"none", "*:443 10.0.0.0/8", "*"}[v.n]
	}
	return []string{"auto", "process", "fresh", "gvisor"}[v.n]
}

func (v value) Refuse(code, format string, args ...any) error {
	return fault.New(fault.Limited, code, format, args...).Over(fault.Limit{Name: v.name, Value: v.n, Scope: "global"})
}
