package judge0_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }

// world is the slice on a real database, with a receiver that the test plays.
type world struct {
	*judge0.Slice
	t      *testing.T
	db     *pg.DB
	runner *command.Runner
	now    time.Time

	mu     sync.Mutex
	called []string // addresses, as they were called
	answer func(n int) (judge0.Receipt, error)

	longest time.Duration // between attempts
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, db: pgtest.Clone(t), now: clock.System(), longest: 15 * time.Hour, answer: func(int) (judge0.Receipt, error) { return judge0.Receipt{}, nil }}
	w.runner = &command.Runner{
		DB: w.db, Table: permission.Table{"judge0.settle": {permission.System}, "test.submit": {permission.System}, "judge0.redeliver": {permission.Self}},
		Clock: func() time.Time { return w.now }, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
	}
	w.Slice = judge0.New(judge0.Needs{Runner: w.runner, Executions: w, Sender: w, Keys: plain{}, Limits: w, Log: w.runner.Log})
	return w
}

// plain seals nothing, but insists on the purpose.
type plain struct{}

func (plain) Seal(s secret.String, purpose string) []byte { return []byte(purpose + " " + s.Reveal()) }

func (plain) Open(sealed []byte, purpose string) (secret.String, error) {
	if len(sealed) <= len(purpose) || string(sealed[:len(purpose)]) != purpose {
		return secret.String{}, secret.ErrSealed
	}
	return secret.New(string(sealed[len(purpose)+1:])), nil
}

func (w *world) Read(_ context.Context, _ pg.Querier, id ident.ID) (execution.Details, error) {
	return execution.Details{Execution: execution.Execution{ID: id, Status: execution.Completed}}, nil
}

// Int is the setting that a callback's pauses obey.
func (w *world) Int(_ context.Context, _ pg.Querier, name string, who execution.Subject) (execution.LimitValue, error) {
	if name != "judge0.callback.retry.longest_ms" || who.User.IsZero() || who.Project.IsZero() || who.Organization.IsZero() {
		return nil, fmt.Errorf("no %s of %+v", name, who)
	}
	return longest(w.longest), nil
}

type longest time.Duration

func (l longest) Int() int64                        { return time.Duration(l).Milliseconds() }
func (longest) Text() string                        { return "" }
func (longest) Refuse(string, string, ...any) error { return errors.ErrUnsupported }

func (w *world) Check(string) error { return nil }

func (w *world) Send(_ context.Context, url secret.String, _ judge0.Submission, d execution.Details) (judge0.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.called = append(w.called, url.Reveal())
	return w.answer(len(w.called))
}

// submit stores an execution with a submission beside it, as execution.Submit does.
func (w *world) submit(extra judge0.Extra) execution.Execution {
	w.t.Helper()
	e := execution.Execution{ID: ident.New(), OrganizationID: ident.New(), ProjectID: ident.New(), OwnerID: ident.New()}
	err := w.db.InTx(w.t.Context(), func(ctx context.Context, ptx *pg.Tx) error {
		tx := w.runner.Within(ptx, eventlog.Event{})
		if _, err := tx.Exec(ctx, `
INSERT INTO execution (id, version, organization_id, project_id, owner_id, runtime, status, priority, rank, network, wall_ms, cpu_ms,
	memory_bytes, processes, output_bytes, disk_bytes, created_at, ended_at)
VALUES ($1, 1, $2, $3, $4, 'python@3.11.2', 'completed', 5, 0, false, 1, 1, 1, 1, 1, 1, $5, $5)`, e.ID, e.OrganizationID, e.ProjectID, e.OwnerID, w.now); err != nil {
			return err
		}
		w.With(extra).Accompany(tx, e)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// ended tells the consumer that an execution ended.
func (w *world) ended(id ident.ID) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		return w.Consumer().Handler(ctx, tx, eventlog.Event{Type: "execution.completed.v1", AggregateID: id})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) deliver(want int) {
	w.t.Helper()
	if n, err := w.DeliverDue(w.t.Context()); n != want || err != nil {
		w.t.Fatalf("%d calls (%v), want %d", n, err, want)
	}
}

func (w *world) expect(id ident.ID, status judge0.Progress, attempts int, reason string) judge0.Callback {
	w.t.Helper()
	c, err := w.Callback(w.t.Context(), id)
	if err != nil || c.Status != status || c.Attempts != attempts || c.Reason != reason {
		w.t.Fatalf("the callback is %s after %d attempts, %q (%v); want %s after %d, %q", c.Status, c.Attempts, c.Reason, err, status, attempts, reason)
	}
	return c
}

func TestWhatWasAskedIsKept(t *testing.T) {
	w := newWorld(t)
	e := w.submit(judge0.Extra{LanguageID: 71, Expected: []byte("3\n"), Asked: judge0.Asked{CPUTimeLimit: new(1.5), CommandLineArguments: "a b"}})
	got, err := w.Submission(t.Context(), e.ID)
	want := judge0.Submission{
		ExecutionID: e.ID, ProjectID: e.ProjectID, LanguageID: 71, Expected: []byte("3\n"),
		Asked: judge0.Asked{CPUTimeLimit: new(1.5), CommandLineArguments: "a b"},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	w.ended(e.ID) // nobody is to be called
	w.deliver(0)
	one, err := json.Marshal(execution.Submit{Companion: w.With(judge0.Extra{Expected: []byte("a")})})
	two, err2 := json.Marshal(execution.Submit{Companion: w.With(judge0.Extra{Expected: []byte("b")})})
	if string(one) == string(two) || errors.Join(err, err2) != nil {
		t.Errorf("an idempotency key cannot tell other expectations: %s", one)
	}
}

func TestCallsBackOnceItEnded(t *testing.T) {
	w := newWorld(t)
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/done"})
	w.deliver(0)
	w.ended(e.ID)
	w.ended(e.ID) // the event again
	w.deliver(1)
	w.deliver(0)
	w.ended(e.ID)
	w.deliver(0)
	w.expect(e.ID, judge0.Delivered, 1, "")
	if diff := cmp.Diff([]string{"https://example.org/done"}, w.called); diff != "" {
		t.Error(diff)
	}
	facts, err := pg.All[string](t.Context(), w.db, `SELECT data::text FROM event WHERE type = 'judge0.callback_ended.v1' AND aggregate_id = $1`, e.ID)
	if len(facts) != 1 || err != nil {
		t.Errorf("it is said %d times that it ended (%v): %s", len(facts), err, facts)
	}
}

func TestTriesAgainAndGivesUp(t *testing.T) {
	w := newWorld(t)
	w.answer = func(n int) (judge0.Receipt, error) {
		return judge0.Receipt{RetryAfter: time.Duration(n%2) * 30 * time.Second}, errors.New("answered 503")
	}
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"})
	w.ended(e.ID)
	for attempt := 1; attempt < judge0.MaxAttempts(); attempt++ {
		w.deliver(1)
		c := w.expect(e.ID, judge0.Queued, attempt, "answered 503")
		if attempt == 1 && c.NextAt.Sub(w.now) < 29*time.Second {
			t.Errorf("it is tried again after %v, before the receiver wished", c.NextAt.Sub(w.now))
		}
		w.deliver(0) // not before its time
		w.now = *c.NextAt
	}
	w.deliver(1)
	w.expect(e.ID, judge0.Failed, judge0.MaxAttempts(), "answered 503")
	w.now = w.now.Add(48 * time.Hour)
	w.deliver(0)
}

func TestGivesUpAtOnceWhereNothingHelps(t *testing.T) {
	w := newWorld(t)
	w.answer = func(int) (judge0.Receipt, error) {
		return judge0.Receipt{Permanent: true}, errors.New("answered 410 Gone")
	}
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"})
	w.ended(e.ID)
	w.deliver(1)
	w.expect(e.ID, judge0.Failed, 1, "answered 410 Gone")
}

// Whoever dies with a call under way is replaced after the lease, and its late answer counts no more.
func TestADeadSendersCallIsMadeAgain(t *testing.T) {
	w := newWorld(t)
	dying, die := context.WithCancel(t.Context())
	w.answer = func(n int) (judge0.Receipt, error) {
		if n == 1 {
			die()
			return judge0.Receipt{}, dying.Err()
		}
		return judge0.Receipt{}, nil
	}
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"})
	w.ended(e.ID)
	if _, err := w.DeliverDue(dying); err != nil {
		t.Fatal(err)
	}
	c := w.expect(e.ID, judge0.Sending, 1, "")
	w.deliver(0)
	w.now = *c.LeaseUntil
	w.deliver(1)
	w.expect(e.ID, judge0.Delivered, 2, "")
}

// One person's slow receiver takes no more than a share.
func TestOnePersonsCallsGoFewAtATime(t *testing.T) {
	w := newWorld(t)
	for range 6 { // six people
		w.ended(w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"}).ID)
	}
	owner := ident.New()
	for range 10 {
		w.ended(w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://slow.example.org/"}).ID)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE judge0_callback SET owner_id = $1 WHERE url::text LIKE '%'|| encode('slow', 'hex') ||'%'`, owner); err != nil {
		t.Fatal(err)
	}
	w.deliver(6 + 4)
	w.deliver(4)
	w.deliver(2)
}

func TestACallbackGoesWithItsExecution(t *testing.T) {
	w := newWorld(t)
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"})
	if _, err := w.db.Exec(t.Context(), `DELETE FROM execution WHERE id = $1`, e.ID); err != nil {
		t.Fatal(err)
	}
	w.ended(e.ID)
	w.deliver(0)
}
