package identity

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func TestSignIn(t *testing.T) {
	h := open(t)
	ada := h.registered()
	in, err := h.signInAs(strings.ToUpper(ada.Account.Email), password)
	wantCode(t, err, "")
	if in.Account.ID != ada.Account.ID || !in.ExpiresAt.Equal(h.now.Add(7*24*time.Hour)) {
		t.Errorf("%+v", in)
	}
	actor := command.RequestFrom(h.as(in.Secret)).Actor
	if actor.Kind != command.User || actor.ID != ada.Account.ID {
		t.Errorf("%+v", actor)
	}
	if got := h.eventTypes(ada.Account.ID); !cmp.Equal(got, []string{"user.registered.v1", "user.signed_in.v1", "user.signed_in.v1"}) {
		t.Error(got)
	}
	// The audit trail knows who it was, although nobody was known when it began.
	n, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM audit WHERE action = 'auth.sign_in' AND actor_id = $1 AND outcome = 'done'`, ada.Account.ID)
	if err != nil || n != 1 {
		t.Errorf("%d audit records, %v", n, err)
	}
}

func TestWrongCredentialsLookAlike(t *testing.T) {
	h := open(t)
	ada := h.registered()
	_, wrong := h.signInAs(ada.Account.Email, "wrong")
	_, unknown := h.signInAs(uniqueEmail(), "wrong")
	wantCode(t, wrong, "auth.wrong_credentials")
	wantCode(t, unknown, "auth.wrong_credentials")
	if wrong.Error() != unknown.Error() {
		t.Errorf("%v and %v", wrong, unknown)
	}
	_, err := h.signInAs("", "x")
	wantCode(t, err, "email")
	_, err = h.signInAs("a@example.org", strings.Repeat("x", MaxPassword+1))
	wantCode(t, err, "password.size")
}

func TestLockout(t *testing.T) {
	for name, known := range map[string]bool{"a known address": true, "an unknown one": false} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			email := uniqueEmail()
			if known {
				email = h.registered().Account.Email
			}
			for range 4 {
				_, err := h.signInAs(email, "wrong")
				wantCode(t, err, "auth.wrong_credentials")
			}
			_, err := h.signInAs(email, "wrong")
			wantCode(t, err, "auth.locked")
			f := fault.Of(err)
			if f.Retry != 15*time.Minute || !strings.Contains(f.Message, "15 minutes") || f.Limit == nil || f.Limit.Value != 5 {
				t.Errorf("%+v", f)
			}
			h.now = h.now.Add(14*time.Minute + 30*time.Second)
			_, err = h.signInAs(strings.ToUpper(email), password) // right, and too early
			wantCode(t, err, "auth.locked")
			if f := fault.Of(err); f.Retry != 30*time.Second || !strings.Contains(f.Message, "in a minute.") {
				t.Errorf("%+v", f)
			}
			h.now = h.now.Add(30 * time.Second)
			_, err = h.signInAs(email, "wrong") // the count began anew
			wantCode(t, err, "auth.wrong_credentials")
			if known {
				_, err = h.signInAs(email, password)
				wantCode(t, err, "")
			}
		})
	}
}

func TestLockoutIsAuditedAndSaid(t *testing.T) {
	h := open(t)
	ada := h.registered().Account
	for range 6 {
		_, _ = h.signInAs(ada.Email, "wrong")
	}
	if got := h.eventTypes(ada.ID); got[len(got)-1] != "user.locked_out.v1" || len(got) != 2+5+1 {
		t.Error(got)
	}
	audited, err := pg.One[string](t.Context(), h.db, `
SELECT string_agg(outcome || ' ' || code || ' ' || coalesce(detail->>'locked', ''), ', ' ORDER BY id) FROM audit
WHERE action = 'auth.sign_in' AND target_id = $1`, ada.ID)
	if want := "done  false, done  false, done  false, done  false, done  true"; err != nil || audited != want {
		t.Errorf("%q, %v", audited, err)
	}
}

func TestSuccessForgetsFailures(t *testing.T) {
	h := open(t)
	email := h.registered().Account.Email
	for range 3 {
		for range 4 {
			_, err := h.signInAs(email, "wrong")
			wantCode(t, err, "auth.wrong_credentials")
		}
		_, err := h.signInAs(email, password)
		wantCode(t, err, "")
	}
	// So does time.
	for range 8 {
		_, err := h.signInAs(email, "wrong")
		wantCode(t, err, "auth.wrong_credentials")
		h.now = h.now.Add(16 * time.Minute)
	}
}

func TestManyGuessesAtOnceAreCounted(t *testing.T) {
	h := open(t)
	email := h.registered().Account.Email
	codes := make([]string, 12)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			_, err := h.signInAs(email, "wrong")
			codes[i] = fault.Of(err).Code
		})
	}
	all.Wait()
	wrong := 0
	for _, code := range codes {
		if code == "auth.wrong_credentials" {
			wrong++
		} else if code != "auth.locked" {
			t.Error(code)
		}
	}
	if wrong != 4 {
		t.Errorf("%d guesses were answered before the lock", wrong)
	}
}

func TestSigningInRenewsAStaleHash(t *testing.T) {
	h := open(t)
	ada := h.registered().Account
	costly := NewHasher(Cost{MemoryKiB: 16, Passes: 1, Threads: 1})
	d := desk{db: h.db, clock: h.runner.Clock, hasher: costly, settings: h}
	check, err := d.checkSignIn(t.Context(), SignIn{Email: ada.Email, Password: secret.New(password)})
	if err != nil || !check.right || !strings.Contains(check.rehash, "$m=16,") {
		t.Fatalf("%+v, %v", check, err)
	}
	if _, err := pg.One[Account](t.Context(), h.db, confirmPassword, check.account, check.hash, check.rehash); err != nil {
		t.Fatal(err)
	}
	again, err := d.checkSignIn(t.Context(), SignIn{Email: ada.Email, Password: secret.New(password)})
	if err != nil || !again.right || again.rehash != "" || again.hash != check.rehash {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestAPasswordChangedWhileItWasCheckedIsWrong(t *testing.T) {
	h := open(t)
	ada := h.registered()
	d := desk{db: h.db, clock: h.runner.Clock, hasher: NewHasher(cheap), settings: h}
	check, err := d.checkSignIn(t.Context(), SignIn{Email: ada.Account.Email, Password: secret.New(password)})
	if err != nil || !check.right {
		t.Fatal(err)
	}
	_, err = h.ChangePassword(h.as(ada.Secret), ChangePassword{Current: secret.New(password), New: secret.New("something else")})
	wantCode(t, err, "")
	err = h.db.InTx(t.Context(), func(ctx context.Context, ptx *pg.Tx) error {
		_, err := d.completeSignIn(ctx, h.runner.Within(ptx, eventlog.Event{}), check)
		return err
	})
	wantCode(t, err, "auth.wrong_credentials")
}

func TestALockHoldsForAPasswordThatWasCheckedBeforeIt(t *testing.T) {
	h := open(t)
	ada := h.registered().Account
	d := desk{db: h.db, clock: h.runner.Clock, hasher: NewHasher(cheap), settings: h}
	check, err := d.checkSignIn(t.Context(), SignIn{Email: ada.Email, Password: secret.New(password)})
	if err != nil || !check.right {
		t.Fatal(err)
	}
	for range 5 {
		_, err = h.signInAs(ada.Email, "wrong")
	}
	wantCode(t, err, "auth.locked")
	err = h.db.InTx(t.Context(), func(ctx context.Context, ptx *pg.Tx) error {
		_, err := d.completeSignIn(ctx, h.runner.Within(ptx, eventlog.Event{}), check)
		return err
	})
	wantCode(t, err, "auth.locked")
}

func TestGuard(t *testing.T) {
	p := Policy{LockoutFailures: 2, LockoutFor: time.Minute}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	one := guard{}.fail(start, p)
	if one.Failures != 1 || one.LockedUntil != nil {
		t.Errorf("%+v", one)
	}
	two := one.fail(start.Add(time.Second), p)
	if two.Failures != 2 || two.LockedUntil == nil || !two.locked(start.Add(60*time.Second)) || two.locked(start.Add(61*time.Second)) {
		t.Errorf("%+v", two)
	}
	if late := one.fail(start.Add(2*time.Minute), p); late.Failures != 1 {
		t.Errorf("%+v", late)
	}
	if after := two.fail(start.Add(2*time.Minute), p); after.Failures != 1 || after.LockedUntil != nil {
		t.Errorf("%+v", after)
	}
}
