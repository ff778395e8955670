// Package command is the one path on which anything changes. A command is
// authorised, decided against the state of one aggregate, and committed in one
// transaction with its event and its audit record.
//
//	actor → shape → begin → idempotency → scope → authorise → handler → flush → commit → wake
//
// A stored answer is given to whoever may still issue the command where it acted.
//
// Nothing is published before the commit, nothing with a network behind it can
// be reached inside the transaction, and what is published afterwards is a hint:
// losing it costs latency, never correctness.
package command

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Spec declares a command or query: its name (which is its permission, its audit
// action, its metric label and its API operation id) and how its scope is found.
type Spec[C any] struct {
	Name string
	// Scope resolves where the input acts: from the resource that it addresses, or
	// from the project that it names. It may lock the resource. It returns NotFound
	// when there is nothing, and must not decide anything else.
	Scope func(ctx context.Context, tx *Tx, in C) (Scope, error)
}

// Handler decides and writes. Its result is what callers get, and what a repeated
// idempotency key gets again, so it must survive JSON.
type Handler[C, R any] func(ctx context.Context, tx *Tx, in C) (R, error)

// Func is a bound command or query: what HTTP, flows, consumers and tests all call.
type Func[C, R any] func(ctx context.Context, in C) (R, error)

// Validator is an input that can check its own shape, without I/O.
type Validator interface{ Validate() error }

// Runner is everything that a bound command needs.
type Runner struct {
	DB    *pg.DB
	Table permission.Table
	Clock clock.Clock
	NewID ident.Source
	Log   *slog.Logger
	// Wake is told what was just committed, so that waiters in this process and, by
	// a hint, in others look again. It must not block.
	Wake func(events []eventlog.Event)
	// Observe receives one measurement per command or query.
	Observe func(name, outcome string, took time.Duration)
	// Unwritten is told of each refusal of nobody in particular that the audit trail leaves out.
	Unwritten func(name string)
	// Strict refuses events and audit details that carry a credential or an address,
	// loudly, where production masks them: for tests.
	Strict bool

	registered map[string]bool // name → is a command
	strangers  strangers
}

const (
	maxAttempts = 5
	firstPause  = 2 * time.Millisecond
)

// Bind makes a command callable and registers its name.
func Bind[C, R any](r *Runner, spec Spec[C], handle Handler[C, R]) Func[C, R] {
	r.register(spec.Name, true)
	return func(ctx context.Context, in C) (R, error) {
		started := r.Clock()
		req := RequestFrom(ctx)
		result, scope, err := attempt(ctx, r, req, spec, in, handle)
		err = storable(err)
		if err != nil {
			r.refused(ctx, req, spec.Name, scope, err)
		}
		r.observe(spec.Name, err, started)
		return result, err
	}
}

// attempt runs the transaction, again with bounded back-off when the database asks for it.
func attempt[C, R any](ctx context.Context, r *Runner, req *Request, spec Spec[C], in C, handle Handler[C, R]) (result R, scope Scope, err error) {
	if err := validate(in); err != nil {
		return result, scope, err
	}
	for try := 1; ; try++ {
		result, scope, err = once(ctx, r, req, spec, in, handle)
		if errors.Is(err, errPresumedWrongly) {
			continue // once: now it is certain
		}
		if err == nil || try >= maxAttempts || !pg.IsRetryable(err) {
			return result, scope, err
		}
		pause := firstPause<<try + rand.N(firstPause<<try) //nolint:gosec // jitter
		select {
		case <-ctx.Done():
			return result, scope, errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

func once[C, R any](ctx context.Context, r *Runner, req *Request, spec Spec[C], in C, handle Handler[C, R]) (result R, scope Scope, err error) {
	var woken []eventlog.Event
	err = r.DB.InTx(ctx, func(ctx context.Context, ptx *pg.Tx) error {
		tx := &Tx{Tx: ptx, Actor: req.Actor, Now: r.Clock(), runner: r, request: req, action: spec.Name}
		if req.Presumed != nil {
			tx.presumed = req.Presumed(ptx)
		}
		at, replayed, err := replay(ctx, tx, spec, in, &result)
		if err == nil && !replayed {
			at, err = authorise(ctx, tx, r.Table, spec, in)
		}
		scope = at
		if uncertain := tx.certain(ctx); uncertain != nil {
			return uncertain
		}
		if err != nil || replayed {
			req.Replayed = err == nil
			return err
		}
		tx.Scope = scope
		if result, err = handle(ctx, tx, in); err != nil {
			return err
		}
		if err := tx.flush(result); err != nil {
			return err
		}
		crash.Point(spec.Name + ".before_commit")
		woken = tx.events
		return nil
	})
	if err == nil && len(woken) > 0 && r.Wake != nil {
		crash.Point(spec.Name + ".not_hinted")
		r.Wake(woken)
	}
	return result, scope, err
}

// Query is a read's door to rows: one snapshot is not promised, decisions are not made.
type Query struct {
	pg.Querier
	Actor Actor
	Scope Scope
	Now   time.Time
}

// QuerySpec declares a query, like Spec.
type QuerySpec[Q any] struct {
	Name  string
	Scope func(ctx context.Context, q pg.Querier, actor Actor, in Q) (Scope, error)
}

// BindQuery makes a query callable: authorised like a command, without transaction, event or audit.
func BindQuery[Q, R any](r *Runner, spec QuerySpec[Q], read func(ctx context.Context, q Query, in Q) (R, error)) Func[Q, R] {
	r.register(spec.Name, false)
	return func(ctx context.Context, in Q) (result R, err error) {
		started := r.Clock()
		defer func() {
			err = storable(err)
			r.observe(spec.Name, err, started)
		}()
		if err = validate(in); err != nil {
			return result, err
		}
		actor, err := r.certainly(ctx, RequestFrom(ctx))
		if err != nil {
			return result, err
		}
		scope, err := spec.Scope(ctx, r.DB, actor, in)
		if err != nil {
			return result, err
		}
		if err = check(r.Table, spec.Name, actor, scope); err != nil {
			return result, err
		}
		return read(ctx, Query{Querier: r.DB, Actor: actor, Scope: scope, Now: started}, in)
	}
}
