package identity

import (
	"context"
	"reflect"
	"sync"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// seen remembers what the database said of credentials when they were last shown:
// hashes, never secrets.
type seen struct {
	mu  sync.Mutex
	all map[ident.ID]sight
}

type sight struct {
	row   actorRow
	actor command.Actor
}

// maxSeen bounds the memory. Beyond it everybody is read again once.
const maxSeen = 10_000

func (s *seen) put(id ident.ID, row actorRow, actor command.Actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= maxSeen {
		s.all = map[ident.ID]sight{}
	}
	s.all[id] = sight{row, actor}
}

func (s *seen) get(id ident.ID) (sight, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, ok := s.all[id]
	return last, ok
}

// Presume tells whom the credential with this text belonged to when it was last shown,
// and how to ask whether it still does.
func (c *Credentials) Presume(kind CredentialKind, text string) (command.Actor, command.Presumption, bool) {
	token, err := secret.ParseToken(text)
	if err != nil {
		return command.Actor{}, nil, false
	}
	last, ok := c.seen.get(token.ID)
	if !ok || !token.Matches(last.row.SecretHash) {
		return command.Actor{}, nil, false
	}
	return last.actor, func(tx *pg.Tx) func(context.Context) (command.Actor, bool, error) {
		later := pg.Ahead[actorRow](tx, selectActor, token.ID, kind)
		return func(ctx context.Context) (command.Actor, bool, error) {
			row, err := later.Row(ctx)
			now, err := c.judge(kind, token, row, err)
			if err != nil {
				return now, false, err
			}
			last.row.LastUsedAt = row.LastUsedAt
			if reflect.DeepEqual(row, last.row) {
				return last.actor, true, nil
			}
			c.seen.put(token.ID, row, now)
			return now, false, nil
		}
	}, true
}
