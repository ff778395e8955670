package judge0_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// as is the context of somebody with a role in the execution's project.
func (w *world) as(user ident.ID, e execution.Execution) context.Context {
	return command.WithRequest(w.t.Context(), &command.Request{
		Actor: command.Actor{
			Kind: command.User, ID: user,
			Projects: map[ident.ID]command.Membership{e.ProjectID: {Organization: e.OrganizationID, Role: "member"}},
		},
		CorrelationID: "test",
	})
}

func (w *world) redeliver(e execution.Execution, by ident.ID) string {
	_, err := w.Redeliver(w.as(by, e), judge0.Redeliver{ExecutionID: e.ID})
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func TestACallbackIsMadeAgainByHand(t *testing.T) {
	w := newWorld(t)
	refuse := func(int) (judge0.Receipt, error) {
		return judge0.Receipt{StatusCode: 410, Permanent: true}, errors.New("answered 410 Gone")
	}
	w.answer = refuse
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://user:secret@example.org:8443/done?key=secret"})
	told := func(want execution.Delivery) {
		t.Helper()
		want.ID, want.Kind, want.Host = e.ID, execution.DeliveryCallback, "example.org:8443"
		got, err := w.About(t.Context(), w.db, e.ID)
		if diff := cmp.Diff([]execution.Delivery{want}, got); diff != "" || err != nil {
			t.Errorf("%v: %s", err, diff)
		}
	}
	told(execution.Delivery{Status: "waiting"})
	if got := w.redeliver(e, e.OwnerID); got != "judge0.callback_waiting" {
		t.Errorf("before the end: %q", got)
	}
	w.ended(e.ID)
	w.deliver(1)
	now := func() *time.Time { return new(w.now.Truncate(time.Microsecond)) } // as the database keeps it
	told(execution.Delivery{Status: "failed", Attempts: 1, Reason: "answered 410 Gone", StatusCode: 410, TriedAt: now(), EndedAt: now()})
	tried := now()

	w.now = w.now.Add(time.Hour)
	if got := w.redeliver(e, ident.New()); got != "denied" {
		t.Errorf("somebody else's: %q", got)
	}
	if got := w.redeliver(e, e.OwnerID); got != "" {
		t.Fatal(got)
	}
	told(execution.Delivery{Status: "queued", Attempts: 1, StatusCode: 410, TriedAt: tried, NextAt: now()})
	// Its schedule begins anew.
	w.answer = func(int) (judge0.Receipt, error) { return judge0.Receipt{StatusCode: 503}, errors.New("answered 503") }
	for attempt := 2; attempt <= judge0.MaxAttempts(); attempt++ {
		w.deliver(1)
		w.now = *w.expect(e.ID, judge0.Queued, attempt, "answered 503").NextAt
	}
	w.deliver(1)
	w.expect(e.ID, judge0.Failed, judge0.MaxAttempts()+1, "answered 503")
	// … and one that arrived may be made again too.
	w.answer = func(int) (judge0.Receipt, error) { return judge0.Receipt{StatusCode: 204}, nil }
	for range 2 {
		if got := w.redeliver(e, e.OwnerID); got != "" {
			t.Fatal(got)
		}
		w.deliver(1)
	}
	told(execution.Delivery{Status: "delivered", Attempts: judge0.MaxAttempts() + 3, StatusCode: 204, TriedAt: now(), EndedAt: now()})
	asked, err := pg.All[string](t.Context(), w.db, `SELECT data::text FROM event WHERE type = 'judge0.callback_asked.v1' AND aggregate_id = $1`, e.ID)
	if len(asked) != 3 || err != nil {
		t.Errorf("it is said %d times that somebody asked (%v): %s", len(asked), err, asked)
	}
}

func TestACallbackIsNotMadeTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"})
	w.answer = func(int) (judge0.Receipt, error) {
		if got := w.redeliver(e, e.OwnerID); got != "judge0.callback_sending" {
			t.Errorf("while it is made: %q", got)
		}
		return judge0.Receipt{}, nil
	}
	w.ended(e.ID)
	w.deliver(1)
	without := w.submit(judge0.Extra{LanguageID: 71})
	if got := w.redeliver(without, without.OwnerID); got != "not_found" {
		t.Errorf("without a callback: %q", got)
	}
	if all, err := w.About(t.Context(), w.db, without.ID); len(all) != 0 || err != nil {
		t.Errorf("%+v, %v", all, err)
	}
}

// The setting shortens the pauses, and leaves their number.
func TestPausesObeyTheSetting(t *testing.T) {
	w := newWorld(t)
	w.longest = time.Second
	w.answer = func(int) (judge0.Receipt, error) { return judge0.Receipt{}, errors.New("answered 503") }
	e := w.submit(judge0.Extra{LanguageID: 71, CallbackURL: "https://example.org/"})
	w.ended(e.ID)
	for attempt := 1; attempt < judge0.MaxAttempts(); attempt++ {
		w.deliver(1)
		c := w.expect(e.ID, judge0.Queued, attempt, "answered 503")
		if pause := c.NextAt.Sub(w.now); pause < time.Second-time.Millisecond || pause > 1201*time.Millisecond {
			t.Errorf("after attempt %d it waits %s", attempt, pause)
		}
		w.now = *c.NextAt
	}
	w.deliver(1)
	w.expect(e.ID, judge0.Failed, judge0.MaxAttempts(), "answered 503")
}
