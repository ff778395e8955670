package preference

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }

type person struct {
	*Slice
	ctx context.Context
	now time.Time
}

func newPerson(t *testing.T) *person {
	p := &person{now: clock.System()}
	own := []permission.Role{permission.Self}
	p.Slice = New(&command.Runner{
		DB: pgtest.Open(t), Clock: func() time.Time { return p.now }, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Table: permission.Table{"preference.get": own, "preference.change": own, "preference.restore": own, "preference.history": own},
	})
	p.ctx = command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.User, ID: ident.New()}, CorrelationID: "test"})
	return p
}

func (p *person) change(t *testing.T, patch Patch) Current {
	t.Helper()
	p.now = p.now.Add(time.Minute)
	got, err := p.Change(p.ctx, patch)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestChangesAddUp(t *testing.T) {
	p := newPerson(t)
	first, err := p.Get(p.ctx, struct{}{})
	if err != nil || first.Version != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if diff := cmp.Diff(Defaults(), first.Preferences); diff != "" {
		t.Error(diff)
	}
	p.change(t, Patch{"theme": "dark", "editor": map[string]any{"font_size": 18.0}})
	p.change(t, Patch{"editor": map[string]any{"use_tabs": true}, "custom": map[string]any{"vim": true}})
	got := p.change(t, Patch{"theme": nil, "timezone": "Europe/Zurich"})
	want := Defaults()
	want.Timezone, want.Editor.FontSize, want.Editor.UseTabs, want.Custom = "Europe/Zurich", 18, true, map[string]any{"vim": true}
	if diff := cmp.Diff(Current{Version: 3, UpdatedAt: p.now, Preferences: want}, got); diff != "" {
		t.Error(diff)
	}
	read, err := p.Get(p.ctx, struct{}{})
	if err != nil || read.Version != 3 || !cmp.Equal(read.Preferences, want) {
		t.Errorf("%+v, %v", read, err)
	}
	other := newPerson(t)
	if theirs, err := other.Get(other.ctx, struct{}{}); err != nil || theirs.Version != 0 {
		t.Errorf("somebody else has %+v, %v", theirs, err)
	}
}

func TestRestore(t *testing.T) {
	p := newPerson(t)
	var at []time.Time
	for size := range 25 {
		p.change(t, Patch{"editor": map[string]any{"font_size": float64(8 + size)}, "custom": map[string]any{"n": float64(size), "gone": nil}})
		at = append(at, p.now)
	}
	back := func(r Restore, size int) Current {
		t.Helper()
		got, err := p.Restore(p.ctx, r)
		if err != nil || got.Preferences.Editor.FontSize != size {
			t.Errorf("%+v gives %d, %v; want %d", r, got.Preferences.Editor.FontSize, err, size)
		}
		return got
	}
	back(Restore{Version: new(int64(12))}, 19)
	back(Restore{At: new(at[3].Add(time.Second))}, 11)
	back(Restore{Version: new(int64(25))}, 32) // going back can be undone
	back(Restore{At: new(at[0].Add(-time.Hour))}, 14)
	last := back(Restore{Version: new(int64(0))}, 14)
	if diff := cmp.Diff(Defaults(), last.Preferences); diff != "" || last.Version != 30 {
		t.Errorf("version %d differs from the defaults: %s", last.Version, diff)
	}
	_, err := p.Restore(p.ctx, Restore{Version: new(int64(99))})
	if !fault.Is(err, "preference.no_such_version") {
		t.Error(err)
	}
	if _, err := p.Restore(p.ctx, Restore{}); !fault.Is(err, "preference.restore_what") {
		t.Error(err)
	}
	changes, err := p.History(p.ctx, History{Before: 30, Limit: 4})
	if err != nil || len(changes) != 4 || changes[0].Version != 29 || *changes[0].Restored != 0 || changes[3].Version != 26 {
		t.Errorf("history is %+v, %v", changes, err)
	}
}

func TestWhatIsNoPreference(t *testing.T) {
	p := newPerson(t)
	for name, patch := range map[string]Patch{
		"unknown":         {"colour": "red"},
		"unknown inside":  {"editor": map[string]any{"font": "x"}},
		"wrong word":      {"theme": "pink"},
		"wrong type":      {"theme": 7.0},
		"not an object":   {"editor": 3.0},
		"too large":       {"editor": map[string]any{"font_size": 100.0}},
		"fraction":        {"editor": map[string]any{"tab_size": 2.5}},
		"no such zone":    {"timezone": "Mars/Olympus"},
		"the host's zone": {"timezone": "Local"},
		"a path":          {"timezone": "../../etc/passwd"},
		"too much":        {"custom": map[string]any{"a": string(make([]byte, maxCustomBytes))}},
	} {
		if _, err := p.Change(p.ctx, patch); !fault.Is(err, "preference.invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := p.Get(p.ctx, struct{}{}); err != nil || got.Version != 0 {
		t.Errorf("a refused change left %+v, %v", got, err)
	}
}

// A difference leads from any document to any other, and merging is what RFC 7396 says.
func TestDifferenceLeadsThere(t *testing.T) {
	leaf := rapid.OneOf(rapid.Just[any](true), rapid.Just[any]("x"), rapid.Just[any](1.5))
	key := rapid.SampledFrom([]string{"a", "b", "c"})
	object := rapid.Custom(func(t *rapid.T) any {
		return rapid.MapOfN(key, leaf, 0, 3).Draw(t, "inner")
	})
	document := rapid.MapOfN(key, rapid.OneOf(leaf, object), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		from, to := document.Draw(t, "from"), document.Draw(t, "to")
		if diff := cmp.Diff(to, merge(from, difference(from, to))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMergeIsRFC7396(t *testing.T) {
	for _, c := range [][3]string{ // appendix A, those of objects
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		var target, patch, want map[string]any
		for i, into := range []*map[string]any{&target, &patch, &want} {
			if err := json.Unmarshal([]byte(c[i]), into); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, merge(target, patch)); diff != "" {
			t.Errorf("%s with %s: %s", c[0], c[1], diff)
		}
	}
}
