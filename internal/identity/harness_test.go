package identity

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// house is identity and tenancy on a real database, at a time and with a policy that
// the test sets.
type house struct {
	t       *testing.T
	db      *pg.DB
	now     time.Time
	policy  Policy
	runner  *command.Runner
	tenancy *tenancy.Slice
	used    *LastUsed
	known   *Credentials

	busy, forgotten ident.ID // whose account may not be deleted, and whose was
	forgottenWork   bool
	mail            Mail // nil: none is sent
	*Slice
}

// cheap keeps tests fast.
var cheap = Cost{MemoryKiB: 8, Passes: 1, Threads: 1}

func newHouse(t *testing.T, db *pg.DB) *house { return newHouseWithMail(t, db, nil) }

func newHouseWithMail(t *testing.T, db *pg.DB, mail Mail) *house {
	h := &house{mail: mail, t: t, db: db, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), policy: DefaultPolicy()}
	h.policy.Registration = Open
	log := slog.New(slog.DiscardHandler)
	h.runner = &command.Runner{
		Strict: true,
		DB:     db, Table: tenancy.Permissions(), NewID: ident.New, Log: log, Clock: func() time.Time { return h.now },
	}
	h.tenancy = tenancy.New(h.runner, People{})
	keys, err := secret.OpenKeys(filepath.Join(t.TempDir(), "seal.keys"))
	if err != nil {
		t.Fatal(err)
	}
	h.Slice = New(h.runner, h, keys, NewHasher(cheap), h.elsewhere())
	h.used = NewLastUsed(db, log)
	h.known = NewCredentials(h.runner, h.used)
	return h
}

func open(t *testing.T) *house { return newHouse(t, pgtest.Open(t)) }

// Policy implements Settings.
func (h *house) Policy(context.Context, pg.Querier) (Policy, error) { return h.policy, nil }

const password = "correct horse battery"

// registered is a new user who has just registered, and their session.
func (h *house) registered() SignedInOnce {
	h.t.Helper()
	in, err := h.Register(h.t.Context(), Register{Newcomer: newcomer(uniqueEmail())})
	if err != nil {
		h.t.Fatal(err)
	}
	return in
}

func newcomer(email string) Newcomer {
	return Newcomer{Email: email, Name: "Ada", Password: secret.New(password)}
}

func uniqueEmail() string { return ident.New().String() + "@example.org" }

func (h *house) signInAs(email, pass string) (SignedInOnce, error) {
	return h.SignIn(h.t.Context(), SignIn{Email: email, Password: secret.New(pass), UserAgent: "Firefox"})
}

// actor is whoever holds the secret. What was presumed of it must come to the same.
func (h *house) actor(text secret.String) (command.Actor, error) {
	h.t.Helper()
	token, err := secret.ParseToken(text.Reveal())
	if err != nil {
		h.t.Fatal(err)
	}
	kind := APIToken
	if token.Kind == sessionToken {
		kind = Session
	}
	presumed, ask, remembered := h.known.Presume(kind, text.Reveal())
	actor, wrong := h.known.Actor(h.t.Context(), kind, text.Reveal())
	if !remembered {
		return actor, wrong
	}
	err = h.db.InTx(h.t.Context(), func(ctx context.Context, tx *pg.Tx) error {
		now, same, err := ask(tx)(ctx)
		if same {
			now = presumed
		}
		if fault.Of(err).Code != fault.Of(wrong).Code || !cmp.Equal(now, actor) {
			h.t.Errorf("presumed %+v and then %+v (%v, %v); it is %+v (%v)", presumed, now, same, err, actor, wrong)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return actor, wrong
}

// as is a request's context of whoever holds the secret.
func (h *house) as(text secret.String) context.Context {
	h.t.Helper()
	actor, err := h.actor(text)
	if err != nil {
		h.t.Fatal(err)
	}
	return command.WithRequest(h.t.Context(), &command.Request{Actor: actor, CorrelationID: h.t.Name(), RemoteAddress: "192.0.2.1"})
}

// refusal tells which code, if any, the credential is refused with.
func (h *house) refusal(text secret.String) string {
	h.t.Helper()
	_, err := h.actor(text)
	if err == nil {
		return ""
	}
	if fault.KindOf(err) != fault.Unauthenticated {
		h.t.Fatal(err)
	}
	return fault.Of(err).Code
}

func (h *house) token(ctx context.Context, in CreateToken) TokenCreatedOnce {
	h.t.Helper()
	if in.Name == "" {
		in.Name = "ci"
	}
	made, err := h.CreateToken(ctx, in)
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

// eventTypes lists what happened to an aggregate, whose versions must have counted it.
func (h *house) eventTypes(aggregate ident.ID) []string {
	h.t.Helper()
	events, err := pg.All[struct {
		Type    string `db:"type"`
		Version int64  `db:"version"`
	}](h.t.Context(), h.db, `SELECT type, version FROM event WHERE aggregate_id = $1 ORDER BY version, id`, aggregate)
	if err != nil {
		h.t.Fatal(err)
	}
	types := make([]string, len(events))
	for i, event := range events {
		types[i] = event.Type
		if event.Version != int64(i)+1 {
			h.t.Errorf("%s is number %d and has version %d", event.Type, i+1, event.Version)
		}
	}
	return types
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	switch {
	case code == "" && err != nil:
		t.Errorf("unexpected error: %v", err)
	case code != "" && !fault.Is(err, code):
		t.Errorf("got %v, want %s", err, code)
	}
}
