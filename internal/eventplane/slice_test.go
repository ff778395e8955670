package eventplane

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestDeadLettersAreRetriedInBulk(t *testing.T) {
	w := newWorld(t)
	a, b, c := ident.New(), ident.New(), ident.New()
	w.sold("house", a, b, a)
	w.sold("boat", c)
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 3, eventlog.Waiting: 1})
	letters, err := w.Letters(w.ann, ListLetters{LetterFilter: eventlog.LetterFilter{Subject: "house", Reason: "POST office"}, Limit: 10})
	w.must(err)
	if len(letters) != 2 || letters[0].AggregateID != a || letters[0].Attempts != 1 || letters[0].Type != "house.sold.v1" {
		t.Errorf("%+v", letters)
	}
	w.works()
	got, err := w.Retry(w.ann, Retry{Choice: Choice{LetterFilter: eventlog.LetterFilter{Consumer: "mail", Subject: "house"}}})
	w.must(err)
	if diff := cmp.Diff(Outcome{Consumers: []Decided{{"mail", 2}}, Events: 2}, got); diff != "" {
		t.Error(diff)
	}
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 1, eventlog.Retried: 2}) // what only waited leaves no trace
	if len(w.handled) != 3 {
		t.Errorf("handled %v", w.handled)
	}
	if got := w.events(consumerKind); got != `dead_letter.retried.v1 {"events": 2, "consumer": "mail"}` {
		t.Error(got)
	}
	audited, err := pg.All[string](t.Context(), w.db, `SELECT action || ' ' || outcome FROM audit`)
	w.must(err)
	if !cmp.Equal(audited, []string{"dead_letter.retry done"}) {
		t.Error(audited)
	}
}

func TestDiscardGoesOnWithout(t *testing.T) {
	w := newWorld(t)
	a, b := ident.New(), ident.New()
	w.sold("house", a, b, a)
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 2, eventlog.Waiting: 1})
	w.works()
	got, err := w.Discard(w.ann, Discard{Choice{All: true, Most: 1}})
	w.must(err)
	if got.Events != 1 || !got.More {
		t.Errorf("%+v", got)
	}
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 1, eventlog.Discarded: 1}) // the second of a had its turn
	got, err = w.Discard(w.ann, Discard{Choice{LetterFilter: eventlog.LetterFilter{Before: time.Now().Add(time.Hour)}}})
	w.must(err)
	if got.Events != 1 || got.More {
		t.Errorf("%+v", got)
	}
	w.counts(map[eventlog.Status]int64{eventlog.Discarded: 2})
}

func TestChoosingNothingIsNoChoice(t *testing.T) {
	w := newWorld(t)
	for _, c := range []Choice{{}, {All: true, LetterFilter: eventlog.LetterFilter{Consumer: "mail"}}} {
		if _, err := w.Discard(w.ann, Discard{c}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestOnlyOperators(t *testing.T) {
	w := newWorld(t)
	all := Choice{All: true}
	for name, try := range map[string]func(ctx context.Context) error{
		"retry":      func(ctx context.Context) error { _, err := w.Retry(ctx, Retry{Choice: all}); return err },
		"discard":    func(ctx context.Context) error { _, err := w.Discard(ctx, Discard{all}); return err },
		"letters":    func(ctx context.Context) error { _, err := w.Letters(ctx, ListLetters{Limit: 1}); return err },
		"statistics": func(ctx context.Context) error { _, err := w.Statistics(ctx, struct{}{}); return err },
		"policies":   func(ctx context.Context) error { _, err := w.Policies(ctx, struct{}{}); return err },
		"set":        func(ctx context.Context) error { _, err := w.SetPolicy(ctx, policy("mail")); return err },
		"clear":      func(ctx context.Context) error { _, err := w.ClearPolicy(ctx, ClearPolicy{}); return err },
	} {
		if err := try(w.eve); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", name, err)
		}
		if err := try(w.ann); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheLevelIsSaidOnceForEachChange(t *testing.T) {
	w := newWorld(t)
	look := func() {
		t.Helper()
		_, err := w.noteLevel(command.AsSystem(t.Context(), "test"), noteLevel{})
		w.must(err)
	}
	look()
	w.sold("house", ident.New(), ident.New())
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 2})
	look()
	look()
	w.sold("house", ident.New(), ident.New())
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 4})
	look()
	st, err := w.Statistics(w.ann, struct{}{})
	w.must(err)
	health, err := eventlog.ReadHealth(t.Context(), w.db)
	w.must(err)
	if st.Level != eventlog.LevelCritical || st.Open != 4 || !cmp.Equal(st.Consumers, []string{"audit", "mail"}) || health.DeadLetters != eventlog.LevelCritical {
		t.Errorf("%+v, %s", st, health.DeadLetters)
	}
	_, err = w.Discard(w.ann, Discard{Choice{All: true}})
	w.must(err)
	look()
	want := `dead_letter.level_changed.v1 {"was": "ok", "open": 2, "level": "warning"}
dead_letter.level_changed.v1 {"was": "warning", "open": 4, "level": "critical"}
dead_letter.level_changed.v1 {"was": "critical", "open": 0, "level": "ok"}`
	if diff := cmp.Diff(want, w.events(levelKind)); diff != "" {
		t.Error(diff)
	}
}

func policy(consumer string) SetPolicy {
	return SetPolicy{eventlog.Policy{Consumer: consumer, Strategy: eventlog.Immediate, Attempts: 3, Factor: 1}}
}

func TestAPolicyAppliesFromThenOn(t *testing.T) {
	w := newWorld(t)
	made, err := w.SetPolicy(w.ann, policy("mail"))
	w.must(err)
	again, err := w.SetPolicy(w.ann, policy("mail"))
	w.must(err)
	if again.ID != made.ID || again.Version != 2 {
		t.Errorf("set again: %+v", again)
	}
	w.sold("house", ident.New())
	w.counts(map[eventlog.Status]int64{eventlog.Dead: 1})
	letters, err := w.Letters(w.ann, ListLetters{Limit: 10})
	w.must(err)
	if letters[0].Attempts != 3 {
		t.Errorf("%d attempts", letters[0].Attempts)
	}
	_, err = w.ClearPolicy(w.ann, ClearPolicy{Consumer: "mail"})
	w.must(err)
	if _, err = w.ClearPolicy(w.ann, ClearPolicy{Consumer: "mail"}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err = w.SetPolicy(w.ann, policy("nobody")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err = w.SetPolicy(w.ann, SetPolicy{eventlog.Policy{Strategy: "perhaps", Attempts: 1, Factor: 1}}); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	all, err := w.Policies(w.ann, struct{}{})
	w.must(err)
	if len(all) != 2 || all[0].Strategy != eventlog.Exponential || all[1].Subject != "execution" {
		t.Errorf("%+v", all)
	}
	want := `retry_policy.set.v1 {"factor": 1, "attempts": 3, "consumer": "mail", "first_ms": 0, "strategy": "immediate", "at_minute": 0, "longest_ms": 0}`
	if got := w.events(policyKind); got != want+"\n"+want+"\n"+`retry_policy.cleared.v1 {"consumer": "mail"}` {
		t.Error(got)
	}
}

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }
