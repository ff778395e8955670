package command_test

import (
	"context"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// A kept answer may hold what its caller may not see any more.
func TestAKeptAnswerIsForWhoeverMayStillAsk(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench, *command.Actor)
		code   string
	}{
		"who left the project": {func(_ *bench, a *command.Actor) { a.Projects = nil }, "not_found"},
		"whose role is too small now": {func(b *bench, a *command.Actor) {
			a.Projects = map[ident.ID]command.Membership{b.proj: {Organization: b.org, Role: "viewer"}}
		}, "denied"},
		"a token of theirs for other things": {func(_ *bench, a *command.Actor) { a.OnlyActions = []string{"thing.delete"} }, "token_scope"},
		"a token of theirs for elsewhere":    {func(_ *bench, a *command.Actor) { a.OnlyProject = ident.New() }, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ctx, _ := b.as(t, "once")
			if _, err := b.Rename(ctx, rename{"Ada"}); err != nil {
				t.Fatal(err)
			}
			// Where it acted is remembered: their default project is another one meanwhile.
			was := b.proj
			ctx, r := b.as(t, "once", func(a *command.Actor) {
				c.change(b, a)
				b.proj = ident.New()
				if len(a.Projects) > 0 {
					a.Projects[b.proj] = command.Membership{Organization: b.org, Role: "member"}
				}
			})
			n, err := b.Rename(ctx, rename{"Ada"})
			wantCode(t, err, c.code)
			if n != 0 || r.Replayed {
				t.Errorf("answered %d, replayed %v", n, r.Replayed)
			}
			if n := b.count(t, countRefused); n != 1 {
				t.Errorf("%d refusals are audited", n)
			}
			b.proj = was
			ctx, r = b.as(t, "once") // given back their role
			if n, err := b.Rename(ctx, rename{"Ada"}); err != nil || n != 3 || !r.Replayed {
				t.Errorf("again a member: %d, %v, replayed %v", n, err, r.Replayed)
			}
		})
	}
}

// The thing may be gone by its own command, and so may the caller's role.
func TestAnAnswerThatSaysNothingIsGivenToWhoHasLeft(t *testing.T) {
	b := newBench(t)
	b.Table["thing.leave"] = b.Table["thing.rename"]
	gone := false
	leave := command.Bind(b.Runner, command.Spec[rename]{
		Name: "thing.leave",
		Scope: func(context.Context, *command.Tx, rename) (command.Scope, error) {
			if gone {
				t.Error("what is gone was looked for")
			}
			return command.Scope{Organization: b.org, Project: b.proj}, nil
		},
	}, func(_ context.Context, tx *command.Tx, _ rename) (struct{}, error) {
		tx.Audit("thing", b.thing, nil)
		return struct{}{}, nil
	})
	ctx, _ := b.as(t, "leave")
	if _, err := leave(ctx, rename{"Ada"}); err != nil {
		t.Fatal(err)
	}
	gone = true
	ctx, r := b.as(t, "leave", func(a *command.Actor) { a.Projects = nil })
	if _, err := leave(ctx, rename{"Ada"}); err != nil || !r.Replayed {
		t.Errorf("%v, replayed %v", err, r.Replayed)
	}
}

// Answers that a version before this one kept say nothing of where they acted.
func TestAnAnswerWithoutItsScopeIsAskedAboutAsTheCommandWas(t *testing.T) {
	b := newBench(t)
	ctx, _ := b.as(t, "once")
	if _, err := b.Rename(ctx, rename{"Ada"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.Exec(t.Context(), `UPDATE idempotency SET scope = NULL WHERE actor_id = $1`, b.thing); err != nil {
		t.Fatal(err)
	}
	ctx, _ = b.as(t, "once", func(a *command.Actor) { a.Projects = nil })
	_, err := b.Rename(ctx, rename{"Ada"})
	wantCode(t, err, "not_found")
	ctx, r := b.as(t, "once")
	if n, err := b.Rename(ctx, rename{"Ada"}); err != nil || n != 3 || !r.Replayed {
		t.Errorf("%d, %v, replayed %v", n, err, r.Replayed)
	}
}
