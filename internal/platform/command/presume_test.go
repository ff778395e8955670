package command_test

import (
	"context"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// presuming lets the edge remember one caller, while the database knows another.
func presuming(req *command.Request, now command.Actor, same bool, err error) (asked *int) {
	asked = new(int)
	req.Presumed = func(tx *pg.Tx) func(context.Context) (command.Actor, bool, error) {
		*asked++
		later := pg.Ahead[int](tx, `SELECT 1`)
		return func(ctx context.Context) (command.Actor, bool, error) {
			if _, lost := later.Row(ctx); lost != nil {
				return command.Actor{}, false, lost
			}
			return now, same, err
		}
	}
	return asked
}

func nobodyHere(a *command.Actor) { a.Projects = nil }

func TestWhoIsRememberedIsAskedOnce(t *testing.T) {
	b := newBench(t)
	ctx, req := b.as(t, "")
	asked := presuming(req, req.Actor, true, nil)
	for range 2 {
		if n, err := b.Rename(ctx, rename{"Ada"}); err != nil || n != 3 {
			t.Fatalf("got %d, %v", n, err)
		}
	}
	if *asked != 1 || b.count(t, countDone) != 2 {
		t.Errorf("asked %d times, %d audited", *asked, b.count(t, countDone))
	}
}

func TestNothingIsDoneForWhoIsNoLongerAllowed(t *testing.T) {
	b := newBench(t)
	_, stranger := b.as(t, "", nobodyHere)
	ctx, req := b.as(t, "")
	presuming(req, stranger.Actor, false, nil)
	if _, err := b.Rename(ctx, rename{"Ada"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a membership that ended: %v", err)
	}
	ctx, req = b.as(t, "again")
	presuming(req, command.Actor{}, false, fault.New(fault.Unauthenticated, "auth.revoked", "This token was revoked."))
	if _, err := b.Rename(ctx, rename{"Ada"}); !fault.Is(err, "auth.revoked") {
		t.Errorf("a revoked token: %v", err)
	}
	if b.count(t, countEvents) != 0 {
		t.Error("it was done nevertheless")
	}
}

func TestWhoGainedARoleIsNotRefusedForTheOldOnes(t *testing.T) {
	b := newBench(t)
	_, member := b.as(t, "")
	ctx, req := b.as(t, "", nobodyHere)
	presuming(req, member.Actor, false, nil)
	if n, err := b.Rename(ctx, rename{"Ada"}); err != nil || n != 3 {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestAKeptAnswerIsForWhoIsCertain(t *testing.T) {
	b := newBench(t)
	ctx, _ := b.as(t, "key")
	if _, err := b.Rename(ctx, rename{"Ada"}); err != nil {
		t.Fatal(err)
	}
	ctx, req := b.as(t, "key")
	presuming(req, command.Actor{}, false, fault.New(fault.Unauthenticated, "auth.revoked", "This token was revoked."))
	if _, err := b.Rename(ctx, rename{"Ada"}); !fault.Is(err, "auth.revoked") {
		t.Errorf("a revoked token was given an answer: %v", err)
	}
}

func TestAQueryMakesTheCallerCertain(t *testing.T) {
	b := newBench(t)
	b.Table["thing.look"] = []permission.Role{"member"}
	look := command.BindQuery(b.Runner, command.QuerySpec[rename]{
		Name: "thing.look",
		Scope: func(context.Context, pg.Querier, command.Actor, rename) (command.Scope, error) {
			return command.Scope{Organization: b.org, Project: b.proj}, nil
		},
	}, func(context.Context, command.Query, rename) (int, error) { return 1, nil })
	_, stranger := b.as(t, "", nobodyHere)
	ctx, req := b.as(t, "")
	presuming(req, stranger.Actor, false, nil)
	if _, err := look(ctx, rename{"Ada"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a membership that ended: %v", err)
	}
	ctx, req = b.as(t, "")
	presuming(req, req.Actor, true, nil)
	if n, err := look(ctx, rename{"Ada"}); err != nil || n != 1 {
		t.Errorf("got %d, %v", n, err)
	}
}
