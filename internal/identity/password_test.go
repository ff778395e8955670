package identity

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/sync/semaphore"
	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func TestPasswordsVerify(t *testing.T) {
	h := NewHasher(cheap)
	rapid.Check(t, func(t *rapid.T) {
		right, other := rapid.String().Draw(t, "right"), rapid.String().Draw(t, "other")
		stored, err := h.Hash(context.Background(), secret.New(right))
		if err != nil {
			t.Fatal(err)
		}
		if ok, stale, err := h.Verify(context.Background(), secret.New(right), stored); !ok || stale || err != nil {
			t.Fatalf("right: %v %v %v", ok, stale, err)
		}
		if ok, _, err := h.Verify(context.Background(), secret.New(other), stored); ok != (right == other) || err != nil {
			t.Fatalf("other: %v %v", ok, err)
		}
		if again, _ := h.Hash(context.Background(), secret.New(right)); again == stored {
			t.Fatal("two hashes share a salt")
		}
	})
}

func TestHashesOfAnotherCostAreStale(t *testing.T) {
	stored, err := NewHasher(cheap).Hash(t.Context(), secret.New(password))
	if err != nil {
		t.Fatal(err)
	}
	dearer := NewHasher(Cost{MemoryKiB: 16, Passes: 2, Threads: 1})
	if ok, stale, err := dearer.Verify(t.Context(), secret.New(password), stored); !ok || !stale || err != nil {
		t.Errorf("%v %v %v", ok, stale, err)
	}
}

func TestHashesAreWrittenAsOthersWriteThem(t *testing.T) {
	stored, err := NewHasher(DefaultCost()).Hash(t.Context(), secret.New(password))
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s, %v", stored, err)
	}
	// From the reference implementation's tests: argon2 -id -v 13 -t 2 -m 16 -p 1.
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, _, err := NewHasher(cheap).Verify(t.Context(), secret.New("password"), reference); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestNoHashMatchesNothing(t *testing.T) {
	if ok, _, err := NewHasher(cheap).Verify(t.Context(), secret.New(""), ""); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestBadHashesAreErrors(t *testing.T) {
	good, _ := NewHasher(cheap).Hash(t.Context(), secret.New(password))
	for _, bad := range []string{"x", "$2b$10$abc", strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "m=8", "m=x", 1), good + "!", good[:len(good)-4]} {
		if ok, _, err := NewHasher(cheap).Verify(t.Context(), secret.New(password), bad); ok || err == nil {
			t.Errorf("%q: %v, %v", bad, ok, err)
		}
	}
}

func TestHashingWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(cheap)
		h.slots = semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))) // made inside the bubble
		if err := h.slots.Acquire(t.Context(), int64(runtime.GOMAXPROCS(0))); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 2)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, err := h.Hash(ctx, secret.New(password)); done <- err }()
		go func() { _, err := h.Hash(t.Context(), secret.New(password)); done <- err }()
		synctest.Wait()
		if len(done) != 0 {
			t.Fatal("a hash did not wait")
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the cancelled one: %v", err)
		}
		h.slots.Release(int64(runtime.GOMAXPROCS(0)))
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
