package identity

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// LastUsed keeps when credentials were last used, to the minute and away from the
// request's path: requests note it in memory, and a loop writes it in batches.
type LastUsed struct {
	db  *pg.DB
	log *slog.Logger

	mu    sync.Mutex
	noted map[ident.ID]time.Time
}

const (
	usedPrecision = time.Minute
	usedEvery     = 20 * time.Second
)

// NewLastUsed makes an empty one.
func NewLastUsed(db *pg.DB, log *slog.Logger) *LastUsed {
	return &LastUsed{db: db, log: log, noted: map[ident.ID]time.Time{}}
}

func (u *LastUsed) note(id ident.ID, stored *time.Time, now time.Time) {
	if stored != nil && now.Sub(*stored) < usedPrecision {
		return
	}
	u.mu.Lock()
	u.noted[id] = now
	u.mu.Unlock()
}

// Run writes what was noted until ctx ends, and then once more.
func (u *LastUsed) Run(ctx context.Context) {
	ticker := time.NewTicker(usedEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := u.Write(ctx); err != nil {
				u.log.WarnContext(ctx, "last use of credentials was not stored", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			if err := u.Write(last); err != nil {
				u.log.WarnContext(ctx, "last use of credentials was not stored", "error", err)
			}
			return
		}
	}
}

const writeLastUsed = `
UPDATE credential c SET last_used_at = u.at FROM unnest($1::uuid[], $2::timestamptz[]) u (id, at)
WHERE c.id = u.id AND (c.last_used_at IS NULL OR c.last_used_at < u.at)`

// Write stores what was noted so far.
func (u *LastUsed) Write(ctx context.Context) error {
	u.mu.Lock()
	noted := u.noted
	u.noted = map[ident.ID]time.Time{}
	u.mu.Unlock()
	if len(noted) == 0 {
		return nil
	}
	ids, times := make([]ident.ID, 0, len(noted)), make([]time.Time, 0, len(noted))
	for id, at := range noted {
		ids, times = append(ids, id), append(times, at)
	}
	if _, err := u.db.Exec(ctx, writeLastUsed, ids, times); err != nil {
		return fmt.Errorf("store last use: %w", err)
	}
	return nil
}
