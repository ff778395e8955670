package tenancy

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// house is tenancy on a real database, at a time that the test sets.
type house struct {
	t      *testing.T
	db     *pg.DB
	runner *command.Runner
	now    time.Time
	*Slice
}

func newHouse(t *testing.T, db *pg.DB) *house {
	h := &house{t: t, db: db, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	h.runner = &command.Runner{
		Strict: true,
		DB:     db, Table: Permissions(), NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { return h.now },
	}
	h.Slice = New(h.runner, everybody{})
	return h
}

func open(t *testing.T) *house { return newHouse(t, pgtest.Open(t)) }

// everybody knows everybody but the nil user; addresses follow from ids.
type everybody struct{}

func (everybody) People(_ context.Context, _ pg.Querier, ids []ident.ID) (map[ident.ID]Person, error) {
	people := map[ident.ID]Person{}
	for _, id := range ids {
		if id != nobody {
			people[id] = Person{ID: id, Name: "N. " + id.String(), Email: emailOf(id)}
		}
	}
	return people, nil
}

var nobody = ident.Must("00000000-0000-7000-8000-00000000dead")

func emailOf(id ident.ID) string { return id.String() + "@example.org" }

// as is a request of somebody, with the memberships that they have at this moment.
func (h *house) as(user ident.ID, platform ...permission.Role) context.Context {
	h.t.Helper()
	actor := command.Actor{Kind: command.User, ID: user, Credential: ident.New(), Platform: platform}
	access, err := pg.One[Access](h.t.Context(), h.db, `SELECT `+AccessColumns+` FROM (SELECT $1::uuid AS id) a `+AccessJoins, user)
	if err != nil {
		h.t.Fatal(err)
	}
	access.Grant(&actor)
	for id, m := range actor.Projects {
		if m.Role == ProjectManager {
			actor.DefaultProject = id
		}
	}
	return h.with(actor)
}

func (h *house) with(actor command.Actor) context.Context {
	return command.WithRequest(h.t.Context(), &command.Request{Actor: actor, CorrelationID: h.t.Name()})
}

// within runs a reservation in a transaction of its own.
func (h *house) within(f func(ctx context.Context, tx *command.Tx) error) error {
	return h.db.InTx(h.t.Context(), func(ctx context.Context, ptx *pg.Tx) error {
		return f(ctx, h.runner.Within(ptx, eventlog.Event{}))
	})
}

// settler is a new user with a personal organization and project.
func (h *house) settler() (user ident.ID, place Place) {
	h.t.Helper()
	user = ident.New()
	err := h.within(func(ctx context.Context, tx *command.Tx) (err error) {
		place, err = FoundPersonal(ctx, tx, user, "Somebody")
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return user, place
}

// member is a new user with a role in an organization, and one in a project if not empty.
func (h *house) member(of Place, role, inProject permission.Role) ident.ID {
	h.t.Helper()
	user := ident.New()
	if _, err := h.db.Exec(h.t.Context(), upsertOrganizationMember, of.Organization, user, role, h.now); err != nil {
		h.t.Fatal(err)
	}
	if inProject != "" {
		if _, err := h.db.Exec(h.t.Context(), upsertProjectMember, of.Project, of.Organization, user, inProject, h.now); err != nil {
			h.t.Fatal(err)
		}
	}
	return user
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
