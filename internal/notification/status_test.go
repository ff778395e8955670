package notification

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestTransitions(t *testing.T) {
	inbox := map[[2]Status]bool{
		{Pending, Delivered}: true, {Pending, Skipped}: true, {Delivered, Read}: true, {Delivered, Clicked}: true,
		{Skipped, Read}: true, {Skipped, Clicked}: true, {Read, Clicked}: true,
	}
	way := map[[2]Status]bool{
		{Queued, Sending}: true, {Queued, Skipped}: true, {Queued, Queued}: true, {Sending, Sending}: true, {Sending, Delivered}: true, {Sending, Queued}: true,
		{Sending, Failed}: true, {Sending, Skipped}: true, {Delivered, Queued}: true, {Failed, Queued}: true, {Skipped, Queued}: true,
	}
	for _, from := range Statuses {
		for _, to := range Statuses {
			if may(inInbox, from, to) != inbox[[2]Status{from, to}] {
				t.Errorf("in the inbox %s → %s", from, to)
			}
			if may(onTheWay, from, to) != way[[2]Status{from, to}] {
				t.Errorf("on the way %s → %s", from, to)
			}
		}
	}
}

func TestTheScheduleTakesThreeDays(t *testing.T) {
	for random, want := range map[float64][2]time.Duration{0: {70 * time.Hour, 72 * time.Hour}, 1: {84 * time.Hour, 87 * time.Hour}} {
		total := time.Duration(0)
		last := time.Duration(0)
		for failed := 1; ; failed++ {
			p, again := schedule.Next(failed, 0, random)
			if !again {
				break
			}
			if p <= last {
				t.Errorf("pause %d is %s after %s", failed, p, last)
			}
			last, total = p, total+p
		}
		if total < want[0] || total > want[1] {
			t.Errorf("%s in all", total)
		}
	}
}

func TestASubscriptionWants(t *testing.T) {
	base := inConsole(ident.New(), time.Now())
	for name, c := range map[string]struct {
		change func(*Subscription)
		want   bool
	}{
		"as it is":         {func(*Subscription) {}, true},
		"too low":          {func(s *Subscription) { s.MinSeverity = High }, false},
		"off":              {func(s *Subscription) { s.Enabled = false }, false},
		"disabled":         {func(s *Subscription) { s.DisabledAt = new(time.Now()) }, false},
		"one of its tags":  {func(s *Subscription) { s.IncludeTags = []string{"x", "failed"} }, true},
		"none of its tags": {func(s *Subscription) { s.IncludeTags = []string{"x"} }, false},
		"excluded":         {func(s *Subscription) { s.ExcludeTags = []string{"failed"} }, false},
		"excluded first":   {func(s *Subscription) { s.IncludeTags, s.ExcludeTags = []string{"failed"}, []string{"execution"} }, false},
	} {
		sub := base
		c.change(&sub)
		if sub.wants(Medium, []string{"execution", "failed"}) != c.want {
			t.Errorf("%s: want %v", name, c.want)
		}
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, most := rapid.String().Draw(t, "text"), rapid.IntRange(1, 20).Draw(t, "most")
		got := []rune(cut(text, most))
		if len(got) > most || len([]rune(text)) <= most && string(got) != text {
			t.Fatalf("%q to %d is %q", text, most, string(got))
		}
	})
}
