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

type reservation struct {
	key  string
	hash []byte
}

const (
	lockKey    = `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))`
	readAnswer = `SELECT input_hash, command, answer FROM idempotency WHERE actor_id = $1 AND key = $2 AND created_at > $3`
	keepAnswer = `
INSERT INTO idempotency (actor_id, key, command, input_hash, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (actor_id, key) DO UPDATE SET command = excluded.command, input_hash = excluded.input_hash,
	answer = excluded.answer, created_at = excluded.created_at`
	forgetAnswers = `DELETE FROM idempotency WHERE created_at <= $1`
)

// replay gives the stored answer when this key was used before; otherwise it holds
// the key until the transaction ends, so that a twin cannot act meanwhile.
func replay[C any](ctx context.Context, tx *Tx, in C, answer any) (bool, error) {
	req := tx.request
	if req.IdempotencyKey == "" || req.Actor.ID.IsZero() {
		return false, nil
	}
	if len(req.IdempotencyKey) > MaxKeyLength {
		return false, fault.New(fault.Invalid, "idempotency_key_too_long", "The Idempotency-Key is longer than %d bytes.", MaxKeyLength)
	}
	var free bool
	if err := tx.QueryRow(ctx, lockKey, req.Actor.ID.String()+"/"+req.IdempotencyKey).Scan(&free); err != nil {
		return false, fmt.Errorf("lock idempotency key: %w", err)
	}
	if !free {
		return false, fault.New(fault.Conflict, "idempotency_in_progress", "A request with this Idempotency-Key is still running.").After(time.Second)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return false, fmt.Errorf("hash input: %w", err)
	}
	hash := sha256.Sum256(append([]byte(tx.action+"\n"), body...))
	var stored struct {
		hash    []byte
		command string
		answer  json.RawMessage
	}
	err = tx.QueryRow(ctx, readAnswer, req.Actor.ID, req.IdempotencyKey, tx.Now.Add(-KeyLifetime)).Scan(&stored.hash, &stored.command, &stored.answer)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		tx.key = &reservation{key: req.IdempotencyKey, hash: hash[:]}
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read stored answer: %w", err)
	case string(stored.hash) != string(hash[:]):
		return false, fault.New(fault.Mismatch, "idempotency_mismatch", "This Idempotency-Key was used for another request (%s). Use a new key.", stored.command)
	}
	req.Replayed = true
	return true, json.Unmarshal(stored.answer, answer)
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
	tx.Defer(keepAnswer, tx.Actor.ID, tx.key.key, tx.action, tx.key.hash, answer, tx.Now)
	return nil
}

// ForgetAnswers deletes the answers whose time is over.
func ForgetAnswers(ctx context.Context, db *pg.DB, now time.Time) error {
	_, err := db.Exec(ctx, forgetAnswers, now.Add(-KeyLifetime))
	return err
}
