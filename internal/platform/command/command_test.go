package command_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// rename is a command as slices have them: it acts in a project, and what it does is one event.
type rename struct {
	Name string `json:"name"`
}

func (c rename) Validate() error {
	if c.Name == "" {
		return fault.New(fault.Invalid, "thing.name_required", "A name is required.").At("body.name", "is required")
	}
	return nil
}

type renamed struct {
	Length int `json:"length"`
}

func (renamed) EventType() string { return "thing.renamed.v1" }

type bench struct {
	*command.Runner
	db     *pg.DB
	org    ident.ID
	proj   ident.ID
	thing  ident.ID
	mu     sync.Mutex
	woken  []eventlog.Event
	before func() error // runs in the handler
	Rename command.Func[rename, int]
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{db: pgtest.Open(t), org: ident.New(), proj: ident.New(), thing: ident.New(), before: func() error { return nil }}
	b.Runner = &command.Runner{
		DB: b.db, Table: permission.Table{"thing.rename": {"member"}}, Clock: clock.System, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Wake: func(events []eventlog.Event) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.woken = append(b.woken, events...)
		},
	}
	b.Rename = command.Bind(b.Runner, command.Spec[rename]{
		Name: "thing.rename",
		Scope: func(context.Context, *command.Tx, rename) (command.Scope, error) {
			return command.Scope{Organization: b.org, Project: b.proj}, nil
		},
	}, func(_ context.Context, tx *command.Tx, in rename) (int, error) {
		if err := b.before(); err != nil {
			return 0, err
		}
		tx.Emit(eventlog.Aggregate{Kind: "thing", ID: b.thing, Version: 1}, renamed{Length: len(in.Name)})
		return len(in.Name), nil
	})
	return b
}

func (b *bench) as(t *testing.T, key string, change ...func(*command.Actor)) (context.Context, *command.Request) {
	t.Helper()
	actor := command.Actor{Kind: command.User, ID: b.thing, Projects: map[ident.ID]command.Membership{b.proj: {Organization: b.org, Role: "member"}}}
	for _, c := range change {
		c(&actor)
	}
	r := &command.Request{Actor: actor, CorrelationID: "c-" + b.thing.String(), IdempotencyKey: key}
	return command.WithRequest(t.Context(), r), r
}

func (b *bench) count(t *testing.T, sql string) int {
	t.Helper()
	n, err := pg.One[int](t.Context(), b.db, sql, b.thing)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	countEvents  = `SELECT count(*) FROM event WHERE aggregate_id = $1`
	countOutbox  = `SELECT count(*) FROM outbox o JOIN event e ON e.id = o.event_id WHERE e.aggregate_id = $1`
	countDone    = `SELECT count(*) FROM audit WHERE actor_id = $1 AND outcome = 'done'`
	countRefused = `SELECT count(*) FROM audit WHERE actor_id = $1 AND outcome = 'refused'`
)

func TestACommandCommitsItsEventAndItsAuditRecordTogether(t *testing.T) {
	b := newBench(t)
	ctx, _ := b.as(t, "")
	if n, err := b.Rename(ctx, rename{"Ada"}); err != nil || n != 3 {
		t.Fatalf("got %d, %v", n, err)
	}
	for name, sql := range map[string]string{"event": countEvents, "outbox": countOutbox, "audit": countDone} {
		if n := b.count(t, sql); n != 1 {
			t.Errorf("%d rows of %s", n, name)
		}
	}
	if len(b.woken) != 1 || b.woken[0].Type != "thing.renamed.v1" || b.woken[0].ProjectID != b.proj {
		t.Errorf("woken with %+v", b.woken)
	}
}

func TestAFailedCommandLeavesNothing(t *testing.T) {
	b := newBench(t)
	b.before = func() error { return errors.New("boom") }
	ctx, _ := b.as(t, "key")
	if _, err := b.Rename(ctx, rename{"Ada"}); fault.KindOf(err) != fault.Internal {
		t.Fatalf("got %v", err)
	}
	if b.count(t, countEvents)+b.count(t, countDone) != 0 || len(b.woken) != 0 {
		t.Error("something of it was committed or told")
	}
	b.before = func() error { return nil } // the failure was not kept as the key's answer
	if n, err := b.Rename(ctx, rename{"Ada"}); err != nil || n != 3 {
		t.Errorf("the same key again: %d, %v", n, err)
	}
}

func TestWhoMayAndWhatTheyAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*bench, *command.Actor)
		kind    fault.Kind
		refused int
	}{
		"nobody":   {func(_ *bench, a *command.Actor) { *a = command.Actor{Kind: command.Anonymous, ID: a.ID} }, fault.Unauthenticated, 1},
		"stranger": {func(_ *bench, a *command.Actor) { a.Projects = nil }, fault.NotFound, 1},
		"too small a role": {func(b *bench, a *command.Actor) {
			a.Projects = map[ident.ID]command.Membership{b.proj: {Role: "viewer"}}
		}, fault.Denied, 1},
		"token elsewhere":  {func(_ *bench, a *command.Actor) { a.OnlyProject = ident.New() }, fault.NotFound, 1},
		"token for others": {func(_ *bench, a *command.Actor) { a.OnlyActions = []string{"thing.delete"} }, fault.Denied, 1},
		"agent":            {func(_ *bench, a *command.Actor) { a.Kind = command.Agent }, fault.NotFound, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ctx, _ := b.as(t, "", func(a *command.Actor) { c.change(b, a) })
			_, err := b.Rename(ctx, rename{"Ada"})
			if fault.KindOf(err) != c.kind {
				t.Errorf("got %v", err)
			}
			if n := b.count(t, countRefused); n != c.refused {
				t.Errorf("%d refusals are audited, want %d", n, c.refused)
			}
			if b.count(t, countEvents) != 0 {
				t.Error("it happened all the same")
			}
		})
	}
}

func TestShapeIsCheckedBeforeAnything(t *testing.T) {
	b := newBench(t)
	ctx, _ := b.as(t, "")
	_, err := b.Rename(ctx, rename{})
	if f := fault.Of(err); f.Code != "thing.name_required" || len(f.Fields) != 1 {
		t.Errorf("got %v", err)
	}
}

func TestAnIdempotencyKeyActsOnce(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		ctx, r := b.as(t, "once")
		n, err := b.Rename(ctx, rename{"Ada"})
		if err != nil || n != 3 || r.Replayed != (i > 0) {
			t.Fatalf("try %d: %d, %v, replayed %v", i, n, err, r.Replayed)
		}
	}
	if n := b.count(t, countEvents); n != 1 {
		t.Errorf("it acted %d times", n)
	}
	ctx, _ := b.as(t, "once")
	if _, err := b.Rename(ctx, rename{"Grace"}); fault.KindOf(err) != fault.Mismatch {
		t.Errorf("the same key with another input: %v", err)
	}
}

func TestAnIdempotencyKeyInUseIsAConflict(t *testing.T) {
	b := newBench(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	b.before = func() error {
		close(inside)
		<-leave
		return nil
	}
	first := make(chan error, 1)
	go func() {
		ctx, _ := b.as(t, "busy")
		_, err := b.Rename(ctx, rename{"Ada"})
		first <- err
	}()
	<-inside
	ctx, _ := b.as(t, "busy")
	if _, err := b.Rename(ctx, rename{"Ada"}); !fault.Is(err, "idempotency_in_progress") {
		t.Errorf("a twin: %v", err)
	}
	close(leave)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestAKeyIsForgottenAfterItsTime(t *testing.T) {
	b := newBench(t)
	ctx, _ := b.as(t, "old")
	if _, err := b.Rename(ctx, rename{"Ada"}); err != nil {
		t.Fatal(err)
	}
	b.Clock = func() time.Time { return clock.System().Add(command.KeyLifetime + time.Minute) }
	if _, err := b.Rename(ctx, rename{"Grace"}); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

func TestConflictsAreTriedAgain(t *testing.T) {
	b := newBench(t)
	tries := 0
	b.before = func() error {
		if tries++; tries < 3 {
			return pg.ErrConflict
		}
		return nil
	}
	ctx, _ := b.as(t, "")
	if _, err := b.Rename(ctx, rename{"Ada"}); err != nil || tries != 3 {
		t.Errorf("%d tries, %v", tries, err)
	}
	if n := b.count(t, countEvents); n != 1 {
		t.Errorf("it acted %d times", n)
	}
}

func TestATextThatCannotBeStoredIsTheCallersMistake(t *testing.T) {
	b := newBench(t)
	read := command.BindQuery(b.Runner, command.QuerySpec[string]{
		Name: "thing.find",
		Scope: func(context.Context, pg.Querier, command.Actor, string) (command.Scope, error) {
			return command.Scope{}, nil
		},
	}, func(ctx context.Context, q command.Query, text string) (bool, error) {
		if strings.HasPrefix(text, "{") {
			return pg.One[bool](ctx, q, `SELECT $1::jsonb IS NULL`, text)
		}
		return pg.One[bool](ctx, q, `SELECT $1::text = ''`, text)
	})
	b.Table["thing.find"] = []permission.Role{permission.Anyone}
	ctx, _ := b.as(t, "")
	for _, text := range []string{"a\x00b", `{"a":"\u0000"}`} {
		if _, err := read(ctx, text); !fault.Is(err, "text_invalid") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What happened cannot be rewritten, not even by whoever holds the connection.
func TestHistoryIsAppendOnly(t *testing.T) {
	b := newBench(t)
	ctx, _ := b.as(t, "")
	if _, err := b.Rename(ctx, rename{"Ada"}); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`UPDATE event SET type = 'x' WHERE aggregate_id = $1`, `DELETE FROM event WHERE aggregate_id = $1`,
		`UPDATE audit SET action = 'x' WHERE actor_id = $1`, `DELETE FROM audit WHERE actor_id = $1`,
	} {
		if _, err := b.db.Exec(t.Context(), sql, b.thing); err == nil {
			t.Errorf("the database allowed: %s", sql)
		}
	}
}
