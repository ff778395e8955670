package command

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// KeyLifetime is how long an answer can be replayed (systems.md: 24 h).
const KeyLifetime = 24 * time.Hour

// MaxKeyLength is the longest accepted Idempotency-Key, in bytes.
const MaxKeyLength = 255

// nothing is the answer of a command that gives none.
const nothing = "{}"

type reservation struct {
	key  string
	hash []byte
}

const (
	lockKey    = `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))`
	readAnswer = `SELECT input_hash, command, answer, scope FROM idempotency WHERE actor_id = $1 AND key = $2 AND created_at > $3`
	keepAnswer = `
INSERT INTO idempotency (actor_id, key, command, input_hash, answer, created_at, scope) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (actor_id, key) DO UPDATE SET command = excluded.command, input_hash = excluded.input_hash,
	answer = excluded.answer, created_at = excluded.created_at, scope = excluded.scope`
	forgetAnswers = `DELETE FROM idempotency WHERE created_at <= $1`
)

// replay gives the stored answer when this key was used before; otherwise it holds
// the key until the transaction ends, so that a twin cannot act meanwhile.
//
// Whoever has lost the right to the command since does not get the answer: it may hold
// what they may not see any more. It is asked about where the command acted then: the
// resource may be gone, and the default project another one. An answer that says nothing
// but that it was done is given all the same, for leaving takes one's own rights away.
func replay[C any](ctx context.Context, tx *Tx, spec Spec[C], in C, answer any) (scope Scope, replayed bool, err error) {
	req := tx.request
	if req.IdempotencyKey == "" || req.Actor.ID.IsZero() {
		return scope, false, nil
	}
	if len(req.IdempotencyKey) > MaxKeyLength {
		return scope, false, fault.New(fault.Invalid, "idempotency_key_too_long", "The Idempotency-Key is longer than %d bytes.", MaxKeyLength)
	}
	var free bool
	if err := tx.QueryRow(ctx, lockKey, req.Actor.ID.String()+"/"+req.IdempotencyKey).Scan(&free); err != nil {
		return scope, false, fmt.Errorf("lock idempotency key: %w", err)
	}
	if !free {
		return scope, false, fault.New(fault.Conflict, "idempotency_in_progress", "A request with this Idempotency-Key is still running.").After(time.Second)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return scope, false, fmt.Errorf("hash input: %w", err)
	}
	hash := sha256.Sum256(append([]byte(tx.action+"\n"), body...))
	var stored struct {
		hash    []byte
		command string
		answer  json.RawMessage
		scope   *Scope // nil: kept by a version that kept none
	}
	err = tx.QueryRow(ctx, readAnswer, req.Actor.ID, req.IdempotencyKey, tx.Now.Add(-KeyLifetime)).
		Scan(&stored.hash, &stored.command, &stored.answer, &stored.scope)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		tx.key = &reservation{key: req.IdempotencyKey, hash: hash[:]}
		return scope, false, nil
	case err != nil:
		return scope, false, fmt.Errorf("read stored answer: %w", err)
	case string(stored.hash) != string(hash[:]):
		return scope, false, fault.New(fault.Mismatch, "idempotency_mismatch", "This Idempotency-Key was used for another request (%s). Use a new key.", stored.command)
	}
	switch {
	case string(stored.answer) == nothing:
	case stored.scope == nil:
		scope, err = authorise(ctx, tx, tx.runner.Table, spec, in)
	default:
		scope, err = *stored.scope, check(tx.runner.Table, spec.Name, tx.Actor, *stored.scope)
	}
	if err != nil {
		return scope, false, err
	}
	return scope, true, json.Unmarshal(stored.answer, answer)
}

// keep stores the answer with the commit. Failures are not kept: they changed nothing.
func (tx *Tx) keep(result any) error {
	if tx.key == nil {
		return nil
	}
	answer, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	scope, err := json.Marshal(tx.Scope)
	if err != nil {
		return fmt.Errorf("keep scope: %w", err)
	}
	tx.Defer(keepAnswer, tx.Actor.ID, tx.key.key, tx.action, tx.key.hash, answer, tx.Now, scope)
	return nil
}

// ForgetAnswers deletes the answers whose time is over.
func ForgetAnswers(ctx context.Context, db *pg.DB, now time.Time) error {
	_, err := db.Exec(ctx, forgetAnswers, now.Add(-KeyLifetime))
	return err
}
