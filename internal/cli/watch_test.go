package cli

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestWatchedListIsShownAgainWhenItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var out bytes.Buffer
		c := &call{Program: Program{Stdout: &out, Getenv: func(string) string { return "" }}, globals: &globals{Output: "table"}, ctx: ctx}
		states, asked := []string{"queued", "queued", "running", "running"}, 0
		err := showList(c, watchFlag{Watch: true}, func() ([]string, error) {
			if asked++; asked == len(states) {
				cancel()
			}
			return states[asked-1 : asked], nil
		}, []column[string]{{title: "STATUS", value: func(s string) string { return s }}})
		var left exit
		if !errors.As(err, &left) || left.code != exitInterrupted {
			t.Errorf("ended with %v", err)
		}
		if want := "STATUS\nqueued\nSTATUS\nrunning\n"; out.String() != want {
			t.Errorf("shown %q, want %q", out.String(), want)
		}
	})
}
