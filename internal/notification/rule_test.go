package notification_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// happened is an event as the log tells it.
func (w *world) happened(kind string, thing, organization ident.ID, fact eventlog.Fact) eventlog.Event {
	data, err := json.Marshal(fact)
	w.must(err)
	return eventlog.Event{
		ID: ident.New(), Type: fact.EventType(), Time: w.now, AggregateKind: kind, AggregateID: thing, Version: 1,
		OrganizationID: organization, ActorKind: "system", CorrelationID: "c", Data: data,
	}
}

// only is the one notification of somebody, who then has none.
func (w *world) only(user ident.ID) notification.Notification {
	w.t.Helper()
	all := w.list(user)
	if len(all) != 1 {
		w.t.Fatalf("%d notifications, not one", len(all))
	}
	_, err := w.Delete(w.as(user), notification.Delete{ID: all[0].ID})
	w.must(err)
	return all[0]
}

// What proves who somebody is and changes is told to them, in the console too.
func TestPeopleHearOfWhatSignsThemIn(t *testing.T) {
	w := newWorld(t)
	w.limits["notification.per_hour"] = 100
	ann := ident.New()
	for title, fact := range map[string]eventlog.Fact{
		"password was changed":    identity.PasswordChanged{},
		"password was taken away": identity.PasswordReset{},
		"app was removed":         identity.SecondFactorRemoved{},
		"factor was taken away":   identity.SecondFactorReset{},
		"codes were replaced":     identity.RecoveryCodesRenewed{},
		"passkey was added":       identity.PasskeyAdded{},
		"passkey was removed":     identity.PasskeyRemoved{},
		"may have been copied":    identity.PasskeyRefused{},
		"linked to an issuer":     identity.IdentityLinked{},
		"address was changed":     identity.UserUpdated{Email: true},
	} {
		w.hear(w.happened("user", ann, ident.ID{}, fact))
		if got := w.only(ann); !strings.Contains(got.Title, title) || got.Severity < notification.Medium || got.Link != "/account" || got.Status != notification.Delivered {
			t.Errorf("%s: %+v", title, got)
		}
	}
	for _, fact := range []eventlog.Fact{identity.UserUpdated{Name: true}, identity.IdentityLinked{Newcomer: true}} {
		w.hear(w.happened("user", ann, ident.ID{}, fact))
	}
	if len(w.list(ann)) != 0 {
		t.Error("another name, or an account that was made for an issuer's person, is no news")
	}
}

func TestOperatorsHearOfDeadLetters(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	w.operators = []ident.ID{ann}
	w.hear(w.happened("dead_letters", ident.New(), ident.ID{}, eventplane.LevelChanged{Level: eventlog.LevelWarning, Was: eventlog.LevelOK, Open: 120}))
	if got := w.only(ann); got.Severity != notification.Medium || !strings.HasPrefix(got.Body, "120 are open: warning") || got.Link != "/dead-letters" {
		t.Errorf("%+v", got)
	}
	w.hear(w.happened("dead_letters", ident.New(), ident.ID{}, eventplane.LevelChanged{Level: eventlog.LevelCritical, Was: eventlog.LevelWarning, Open: 1000}))
	if got := w.only(ann); got.Severity != notification.High {
		t.Errorf("%+v", got)
	}
	w.hear(w.happened("dead_letters", ident.New(), ident.ID{}, eventplane.LevelChanged{Level: eventlog.LevelOK, Was: eventlog.LevelCritical}))
	if len(w.list(ann)) != 0 {
		t.Error("that all is well is for those who ask for it")
	}
}

// A sink that Stoa pauses concerns who runs it: its organization, or the installation.
func TestWhoRunsASinkHearsThatItIsPaused(t *testing.T) {
	w := newWorld(t)
	ann, bob, acme := ident.New(), ident.New(), ident.New()
	w.operators, w.administrators = []ident.ID{ann}, map[ident.ID][]ident.ID{acme: {bob}}
	halted := eventplane.SinkSwitched{Halted: true}
	w.hear(w.happened("sink", ident.New(), acme, halted))
	if got := w.only(bob); got.Severity != notification.High || got.Link != "/sinks" || len(w.list(ann)) != 0 {
		t.Errorf("%+v", got)
	}
	w.hear(w.happened("sink", ident.New(), ident.ID{}, halted))
	w.only(ann)
	for _, byHand := range []bool{true, false} {
		w.hear(w.happened("sink", ident.New(), acme, eventplane.SinkSwitched{Enabled: byHand}))
	}
	if len(w.list(ann))+len(w.list(bob)) != 0 {
		t.Error("who pauses a sink knows it")
	}
}

// An outage that lasts is told to the same people, and so is its end: the console shows both.
func TestWhoRunsASinkHearsOfItsOutage(t *testing.T) {
	w := newWorld(t)
	ann, bob, acme, sink := ident.New(), ident.New(), ident.New(), ident.New()
	w.operators, w.administrators = []ident.ID{ann}, map[ident.ID][]ident.ID{acme: {bob}}
	fails := w.happened("sink", sink, acme, eventplane.SinkFailing{Since: w.now.Add(-10*time.Minute - 40*time.Second)})
	w.hear(fails)
	w.hear(fails) // a replay, say
	got := w.only(bob)
	if got.Severity != notification.High || got.Status != notification.Delivered || !strings.HasPrefix(got.Body, "It has failed for 10 minutes") || !slices.Contains(got.Tags, "sink:"+sink.String()) {
		t.Errorf("%+v", got)
	}
	for ago, long := range map[time.Duration]string{90 * time.Second: "90 seconds", 90 * time.Minute: "90 minutes", 5 * time.Hour: "5 hours", 80 * time.Hour: "3 days"} {
		w.hear(w.happened("sink", sink, ident.ID{}, eventplane.SinkRecovered{FailedSince: w.now.Add(-ago)}))
		if got := w.only(ann); got.Severity != notification.Medium || got.Status != notification.Delivered || !strings.HasPrefix(got.Body, "It had failed for "+long+".") || got.Link != "/sinks" {
			t.Errorf("%+v", got)
		}
	}
	if len(w.list(ann))+len(w.list(bob)) != 0 {
		t.Error("somebody else was told too")
	}
}

func TestWhoMadeAReplayHearsHowItEnded(t *testing.T) {
	w := newWorld(t)
	ann, acme := ident.New(), ident.New()
	_, err := w.ChangeSubscription(w.as(ann), notification.ChangeSubscription{ID: ann, MinSeverity: new("low")})
	w.must(err)
	for _, status := range []eventplane.ReplayStatus{eventplane.Running, eventplane.Paused, eventplane.Cancelled} {
		w.hear(w.happened("replay", ident.New(), acme, eventplane.ReplayMoved{Status: status, OwnerID: ann}))
	}
	if len(w.list(ann)) != 0 {
		t.Error("nothing ended by itself")
	}
	w.hear(w.happened("replay", ident.New(), acme, eventplane.ReplayMoved{Status: eventplane.Failed, Sent: 3, OwnerID: ann}))
	if got := w.only(ann); got.Title != "A replay failed" || got.Severity != notification.Medium {
		t.Errorf("%+v", got)
	}
	w.hear(w.happened("replay", ident.New(), acme, eventplane.ReplayMoved{Status: eventplane.Completed, Sent: 3, Failed: 1, OwnerID: ann}))
	if got := w.only(ann); got.Title != "A replay is done" || got.Body != "3 events were given, 1 were not taken." || got.Severity != notification.Low {
		t.Errorf("%+v", got)
	}
}

// An account that an issuer gives to who has its address tells nothing more to who made it.
func TestAnAccountThatChangesHandsLeavesItsChannels(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	w.hear(w.happened("user", ann, ident.ID{}, identity.IdentityLinked{})) // her own doing
	if n := w.deliver(); n != 1 || len(hook.calls()) != 1 {
		t.Fatalf("%d delivered, %d calls", n, len(hook.calls()))
	}
	w.hear(w.happened("user", ann, ident.ID{}, identity.IdentityLinked{ByEmail: true}))
	w.hear(w.ended(ann, execution.Failed))
	if n := w.deliver(); n != 0 || len(hook.calls()) != 1 {
		t.Errorf("%d delivered, %d calls after it changed hands", n, len(hook.calls()))
	}
	subs, err := w.Subscriptions(w.as(ann), struct{}{})
	w.must(err)
	if len(subs) != 1 || subs[0].Channel != notification.InApp || w.events(ann, "notification.unsubscribed.v1") != 1 {
		t.Errorf("%+v", subs)
	}
}
