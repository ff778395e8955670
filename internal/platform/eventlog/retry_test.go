package eventlog

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestRetryPause(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		retry    Retry
		attempts int
		want     time.Duration
	}{
		{Retry{First: time.Second, Longest: time.Minute, Factor: 2}, 1, time.Second},
		{Retry{First: time.Second, Longest: time.Minute, Factor: 2}, 4, 8 * time.Second},
		{Retry{First: time.Second, Longest: time.Minute, Factor: 2}, 1000, time.Minute},
		{Retry{First: time.Hour}, 2, time.Hour},
		{Retry{}, 2, 150 * time.Second},
		{Retry{Strategy: Fixed, First: time.Second}, 7, time.Second},
		{Retry{Strategy: Immediate}, 7, 0},
	} {
		if got := c.retry.orDefault().pause(c.attempts, noon); got < c.want*9/10 || got > c.want*11/10 {
			t.Errorf("%+v: %s after %d attempts, want about %s", c.retry, got, c.attempts, c.want)
		}
	}
	for at, want := range map[time.Duration]time.Duration{14 * time.Hour: 2 * time.Hour, 3 * time.Hour: 15 * time.Hour, 12 * time.Hour: 24 * time.Hour} {
		if got := (Retry{Strategy: Scheduled, At: at}).pause(1, noon); got != want {
			t.Errorf("scheduled at %s: %s, want %s", at, got, want)
		}
	}
	if status, _ := (Retry{Strategy: Manual, Attempts: 9}).verdict(1, noon); status != Dead {
		t.Error("manual retries by itself")
	}
	if status, _ := (Retry{Attempts: 2}).verdict(1, noon); status != Retrying {
		t.Error("gives up early")
	}
}

func TestTheMostExactPolicyApplies(t *testing.T) {
	w := newWorld(t)
	const attempts = 1 // of what the consumer declares itself
	own := Consumer{Name: "c", Retry: Retry{Attempts: attempts}}
	set := func(consumer, subject string, attempts int) {
		w.must(w.db.InTx(t.Context(), func(_ context.Context, tx *pg.Tx) error {
			_, err := StorePolicy(t.Context(), tx, Policy{
				ID: ident.New(), Consumer: consumer, Subject: subject, Strategy: Manual, Attempts: attempts, Factor: 1, UpdatedAt: clock.System(),
			})
			return err
		}))
	}
	check := func(consumer Consumer, subject string, want int) {
		t.Helper()
		got, err := retryOf(t.Context(), w.db, consumer, subject)
		w.must(err)
		if got.Attempts != want {
			t.Errorf("%s, %s: %d attempts, want %d", consumer.Name, subject, got.Attempts, want)
		}
	}
	check(Consumer{Name: "x"}, "test", 4) // as installed
	check(Consumer{Name: "x"}, "execution", 5)
	check(own, "execution", attempts)
	set("", "test", 11)
	check(Consumer{Name: "x"}, "test", 11)
	check(own, "test", attempts)
	set("c", "", 12)
	check(own, "test", 12)
	set("c", "test", 13)
	check(own, "test", 13)
	check(own, "execution", 12)
}

func TestAPolicyDecidesWhatBecomesOfAFailure(t *testing.T) {
	w, l := newWorld(t), newLetters()
	s := &sights{fail: map[string]error{"a1": errors.New("poison")}}
	w.must(w.db.InTx(t.Context(), func(_ context.Context, tx *pg.Tx) error {
		_, err := StorePolicy(t.Context(), tx, Policy{ID: ident.New(), Consumer: "c", Strategy: Immediate, Attempts: 3, Factor: 1, UpdatedAt: clock.System()})
		return err
	}))
	w.follow()
	consumers := w.consumers(Consumer{Name: "c", Handler: s.handler(l.name), Retry: Retry{Attempts: 1}})
	l.commit(w, "a1", "a2")
	w.eventually("a1 is given up after three attempts", func() bool { return w.deliveries("c", l) == "a1:dead a2:waiting" })
	letters, err := DeadLetters(t.Context(), w.db, LetterFilter{Statuses: []Status{Dead}, Subject: "test", Before: time.Now().Add(time.Hour)}, 0, "", 10)
	w.must(err)
	if len(letters) != 1 || letters[0].Attempts != 3 || letters[0].Type != "test.happened.v1" || letters[0].Reason != "poison" {
		t.Errorf("%+v", letters)
	}
	counts, err := CountDeadLetters(t.Context(), w.db, LetterFilter{Consumer: "c"})
	w.must(err)
	got := map[Status]int64{}
	for _, c := range counts {
		got[c.Status] += c.Events
	}
	if diff := cmp.Diff(map[Status]int64{Dead: 1, Waiting: 1}, got); diff != "" {
		t.Error(diff)
	}
	// Retried later: due then, not now.
	later := time.Now().Add(time.Hour)
	w.must(w.db.InTx(t.Context(), func(_ context.Context, tx *pg.Tx) error {
		_, err := consumers.Retry(t.Context(), tx, LetterFilter{Consumer: "c"}, &later, 1)
		return err
	}))
	letters, err = DeadLetters(t.Context(), w.db, LetterFilter{Statuses: []Status{Retrying}}, 0, "", 10)
	w.must(err)
	if len(letters) != 1 || letters[0].Attempts != 0 || letters[0].NextAt.Sub(later).Abs() > time.Second {
		t.Errorf("%+v", letters)
	}
}
