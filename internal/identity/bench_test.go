package identity

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// BenchmarkAuthenticate is what every request pays: budget 0.2 ms on a unix socket.
func BenchmarkAuthenticate(b *testing.B) {
	db := pgtest.Open(b)
	runner := &command.Runner{DB: db, Table: tenancy.Permissions(), NewID: ident.New, Log: slog.New(slog.DiscardHandler), Clock: time.Now}
	slice := New(runner, &house{policy: DefaultPolicy()}, nil, NewHasher(cheap), Elsewhere{})
	local, err := slice.EnsureLocalOperator(command.AsSystem(b.Context(), "bench"), EnsureLocalOperator{User: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	known := NewCredentials(runner, NewLastUsed(db, runner.Log))
	for b.Loop() {
		if _, err := known.Actor(b.Context(), APIToken, local.Token.Reveal()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHash is what one sign-in pays, at the cost that is used.
func BenchmarkHash(b *testing.B) {
	h := NewHasher(DefaultCost())
	for b.Loop() {
		if _, err := h.Hash(b.Context(), secret.New(password)); err != nil {
			b.Fatal(err)
		}
	}
}
