package command_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

type careless struct {
	Note string `json:"note"`
}

func (careless) EventType() string { return "thing.careless.v1" }

func TestWhatMustNotBeStoredIsMaskedAndRefusedInTests(t *testing.T) {
	b := newBench(t)
	b.Table["thing.note"] = b.Table["thing.rename"]
	token := "stoa_pat_" + strings.Repeat("0", 32) + "_" + strings.Repeat("a", 39)
	note := command.Bind(b.Runner, command.Spec[rename]{
		Name: "thing.note",
		Scope: func(context.Context, *command.Tx, rename) (command.Scope, error) {
			return command.Scope{Organization: b.org, Project: b.proj}, nil
		},
	}, func(_ context.Context, tx *command.Tx, in rename) (struct{}, error) {
		tx.Emit(eventlog.Aggregate{Kind: "thing", ID: b.thing, Version: 1}, careless{Note: in.Name})
		tx.Audit("thing", b.thing, map[string]string{"note": in.Name})
		return struct{}{}, nil
	})
	ctx, _ := b.as(t, "")
	for _, secret := range []string{token, "ada@example.org"} {
		b.thing = ident.New()
		if _, err := note(ctx, rename{"for " + secret}); err != nil {
			t.Fatal(err)
		}
		stored, err := pg.One[string](t.Context(), b.db, `
SELECT (SELECT data::text FROM event WHERE aggregate_id = $1) || (SELECT detail::text FROM audit WHERE target_id = $1)`, b.thing)
		if err != nil || strings.Contains(stored, secret) || strings.Count(stored, "for ") != 2 {
			t.Errorf("stored %s, %v", stored, err)
		}
	}
	b.Strict = true
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "thing.careless.v1") || strings.Contains(said, token) {
			t.Errorf("said %q", said)
		}
	}()
	_, _ = note(ctx, rename{token})
	t.Error("a token was accepted in an event")
}
