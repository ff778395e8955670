package eventlog

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Strategy says when a failing event is tried again.
type Strategy string

// The strategies.
const (
	Immediate   Strategy = "immediate"   // at once
	Exponential Strategy = "exponential" // after First, then Factor times as long, up to Longest
	Fixed       Strategy = "fixed"       // after First, each time
	Scheduled   Strategy = "scheduled"   // at At of the day
	Manual      Strategy = "manual"      // never by itself
)

// Strategies lists them.
func Strategies() []Strategy { return []Strategy{Immediate, Exponential, Fixed, Scheduled, Manual} }

// Retry says how often a failing event is tried, and when.
type Retry struct {
	Strategy       Strategy      // default Exponential
	Attempts       int           // including the first; default 4
	First, Longest time.Duration // default 1 and 30 min
	Factor         float64       // default 2.5
	At             time.Duration // of Scheduled: the time of the day, UTC
}

// jitter is how much of a pause is chance, so that what failed together is not
// tried together: a tenth more or less.
const jitter = 0.1

func (r Retry) orDefault() Retry {
	r.Strategy = cmp.Or(r.Strategy, Exponential)
	r.Attempts = cmp.Or(r.Attempts, 4)
	r.First = cmp.Or(r.First, time.Minute)
	r.Longest = cmp.Or(r.Longest, max(r.First, 30*time.Minute))
	r.Factor = cmp.Or(r.Factor, 2.5)
	return r
}

// verdict says what follows after so many failed attempts.
func (r Retry) verdict(attempts int, now time.Time) (Status, time.Duration) {
	if attempts >= r.Attempts || r.Strategy == Manual {
		return Dead, 0
	}
	return Retrying, r.pause(attempts, now)
}

// pause is how long to wait after so many failed attempts.
func (r Retry) pause(attempts int, now time.Time) time.Duration {
	pause := r.First
	switch r.Strategy {
	case Immediate:
		return 0
	case Scheduled:
		now = now.UTC()
		pause = now.Truncate(24 * time.Hour).Add(r.At).Sub(now)
		if pause <= 0 {
			pause += 24 * time.Hour
		}
		return pause
	case Exponential:
		for range min(attempts-1, 1000) {
			if pause = time.Duration(float64(pause) * r.Factor); pause >= r.Longest {
				break
			}
		}
		pause = min(pause, r.Longest)
	case Fixed, Manual:
	}
	return pause + time.Duration((rand.Float64()*2-1)*jitter*float64(pause)) //nolint:gosec // jitter
}

// Policy is a Retry that people set: for one consumer or for all, and for one kind
// of subject or for all. The most exact one applies; what a consumer declares
// itself stands between those that name it and those that do not.
type Policy struct {
	ID        ident.ID  `db:"id"`
	Consumer  string    `db:"consumer"` // empty: every one
	Subject   string    `db:"subject"`  // a kind of aggregate; empty: every one
	Strategy  Strategy  `db:"strategy"`
	Attempts  int       `db:"attempts"`
	FirstMS   int64     `db:"first_ms"`
	LongestMS int64     `db:"longest_ms"`
	Factor    float64   `db:"factor"`
	AtMinute  int       `db:"at_minute"` // of the day, UTC
	Version   int64     `db:"version"`
	UpdatedAt time.Time `db:"updated_at"`
}

// Retry is what the policy says.
func (p Policy) Retry() Retry {
	return Retry{
		Strategy: p.Strategy, Attempts: p.Attempts, Factor: p.Factor, At: time.Duration(p.AtMinute) * time.Minute,
		First: time.Duration(p.FirstMS) * time.Millisecond, Longest: time.Duration(p.LongestMS) * time.Millisecond,
	}
}

const (
	selectPolicies = `
SELECT id, consumer, subject, strategy, attempts, first_ms, longest_ms, factor, at_minute, version, updated_at FROM retry_policy`
	listPolicies  = selectPolicies + ` ORDER BY consumer, subject`
	applyPolicies = selectPolicies + ` WHERE consumer IN ('', $1) AND subject IN ('', $2) ORDER BY consumer DESC, subject DESC LIMIT 1`
	lockPolicy    = selectPolicies + ` WHERE consumer = $1 AND subject = $2 FOR UPDATE`
	upsertPolicy  = `
INSERT INTO retry_policy (id, consumer, subject, strategy, attempts, first_ms, longest_ms, factor, at_minute, version, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (consumer, subject) DO UPDATE SET strategy = excluded.strategy, attempts = excluded.attempts, first_ms = excluded.first_ms,
	longest_ms = excluded.longest_ms, factor = excluded.factor, at_minute = excluded.at_minute,
	version = retry_policy.version + 1, updated_at = excluded.updated_at, seeded = false
RETURNING id, version`
	deletePolicy = `DELETE FROM retry_policy WHERE id = $1`
)

// Policies lists what people set, the general ones first.
func Policies(ctx context.Context, q pg.Querier) ([]Policy, error) {
	all, err := pg.All[Policy](ctx, q, listPolicies)
	if err != nil {
		return nil, fmt.Errorf("list retry policies: %w", err)
	}
	return all, nil
}

// LockPolicy gives the policy of exactly this consumer and subject; pgx.ErrNoRows without one.
func LockPolicy(ctx context.Context, tx *pg.Tx, consumer, subject string) (Policy, error) {
	return pg.One[Policy](ctx, tx, lockPolicy, consumer, subject)
}

// StorePolicy sets the policy of its consumer and subject, and gives it as it is then.
func StorePolicy(ctx context.Context, tx *pg.Tx, p Policy) (Policy, error) {
	p.Version = 1
	row := tx.QueryRow(ctx, upsertPolicy, p.ID, p.Consumer, p.Subject, p.Strategy, p.Attempts, p.FirstMS, p.LongestMS, p.Factor, p.AtMinute, p.Version, p.UpdatedAt)
	if err := row.Scan(&p.ID, &p.Version); err != nil {
		return p, fmt.Errorf("store retry policy: %w", err)
	}
	return p, nil
}

// DeletePolicy takes a policy away: a more general one applies.
func DeletePolicy(tx *pg.Tx, p Policy) { tx.Defer(deletePolicy, p.ID) }

// retryOf finds what applies to a failing event of a consumer.
func retryOf(ctx context.Context, q pg.Querier, consumer Consumer, subject string) (Retry, error) {
	found, err := pg.All[Policy](ctx, q, applyPolicies, consumer.Name, subject)
	switch {
	case err != nil:
		return Retry{}, fmt.Errorf("read retry policy: %w", err)
	case consumer.Retry != (Retry{}) && (len(found) == 0 || found[0].Consumer == ""):
		return consumer.Retry.orDefault(), nil
	case len(found) == 0:
		return Retry{}.orDefault(), nil
	}
	return found[0].Retry(), nil
}
