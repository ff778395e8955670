package cli

import (
	"bytes"
	"testing"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

func TestCompanyNamesEverybodyOnce(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 3, 0, 0, time.Local)
	all := []stoa.ExecutionAttachment{
		{UserID: "1", Name: "Ada", Since: at},
		{UserID: "2", Name: "Ben\x1b[2J", Since: at.Add(time.Minute)},
		{UserID: "1", Name: "Ada", Since: at.Add(2 * time.Minute), Writes: true},
		{UserID: "3", Since: at.Add(3 * time.Minute), Writes: true, You: true},
	}
	if got, want := company(all), "Ada (writes, since 12:03), Ben\uFFFD[2J (watches, since 12:04), 3 (writes, since 12:06)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var said bytes.Buffer
	f := &follower{c: &call{Program: Program{Stderr: &said}}, raw: true}
	f.greet(&stoa.Execution{Attached: all[:2]})
	f.greet(&stoa.Execution{Attached: all}) // once, on entering
	if got, want := said.String(), "stoa: also attached: Ada (watches, since 12:03), Ben\uFFFD[2J (watches, since 12:04)\r\n"; got != want {
		t.Errorf("%q", got)
	}
	said.Reset()
	f.greeted, f.raw = false, false
	f.greet(&stoa.Execution{Attached: all[3:]})
	if said.Len() > 0 {
		t.Errorf("alone, it says %q", said.String())
	}
}
