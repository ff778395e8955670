package httpx

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

func TestParsePrefer(t *testing.T) {
	for header, want := range map[string]Preferences{
		"":                       {},
		"wait=30":                {Wait: 30 * time.Second},
		`Wait="5" , other=x`:     {Wait: 5 * time.Second},
		"respond-async, wait=10": {Wait: 10 * time.Second, RespondAsync: true},
		"wait=-1":                {},
		"wait=99999999999999":    {},
		"return=minimal":         {},
	} {
		if diff := cmp.Diff(want, ParsePrefer(header)); diff != "" {
			t.Errorf("%q: %s", header, diff)
		}
	}
}

func TestCursorsComeBack(t *testing.T) {
	type position struct{ A, B int }
	text, err := EncodeCursor(position{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	var got position
	if err := DecodeCursor(text, &got); err != nil || got != (position{1, 2}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"!", "e30x"} {
		if err := DecodeCursor(bad, &got); !fault.Is(err, "cursor_invalid") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := DecodeCursor("", &got); err != nil {
		t.Error(err)
	}
}
