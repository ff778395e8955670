package identity

import (
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Who holds somebody's session cannot try passwords until one fits.
func TestWrongPasswordsOfWhoIsSignedInLockTheAddress(t *testing.T) {
	tries := map[string]func(*house, secret.String, string) error{
		"a new password": func(h *house, session secret.String, guess string) error {
			_, err := h.ChangePassword(h.as(session), ChangePassword{Current: secret.New(guess), New: secret.New("something else")})
			return err
		},
		"one that cannot be": func(h *house, session secret.String, guess string) error {
			_, err := h.ChangePassword(h.as(session), ChangePassword{Current: secret.New(guess), New: secret.New("short")})
			return err
		},
		"another address": func(h *house, session secret.String, guess string) error {
			_, err := h.ChangeEmail(h.as(session), ChangeEmail{Email: uniqueEmail(), Password: secret.New(guess)})
			return err
		},
	}
	for name, try := range tries {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			ada := h.registered()
			for range 4 {
				wantCode(t, try(h, ada.Secret, "wrong"), "password.wrong")
			}
			wantCode(t, try(h, ada.Secret, "wrong"), "auth.locked")
			wantCode(t, try(h, ada.Secret, password), "auth.locked") // right, and nothing says so
			_, err := h.signInAs(ada.Account.Email, password)
			wantCode(t, err, "auth.locked")
			if got := h.eventTypes(ada.Account.ID); got[len(got)-1] != "user.locked_out.v1" {
				t.Error(got)
			}
			h.now = h.now.Add(15 * time.Minute)
			if err := try(h, ada.Secret, password); err != nil && !fault.Is(err, "password.short") {
				t.Error(err)
			}
		})
	}
}

func TestManyOwnGuessesAtOnceAreCounted(t *testing.T) {
	h := open(t)
	ada := h.registered()
	codes := make([]string, 12)
	var all sync.WaitGroup
	for i, ctx := 0, h.as(ada.Secret); i < len(codes); i++ {
		all.Go(func() {
			_, err := h.ChangePassword(ctx, ChangePassword{Current: secret.New("wrong"), New: secret.New("something else")})
			codes[i] = fault.Of(err).Code
		})
	}
	all.Wait()
	wrong := 0
	for _, code := range codes {
		if code == "password.wrong" {
			wrong++
		} else if code != "auth.locked" {
			t.Error(code)
		}
	}
	if wrong != 4 {
		t.Errorf("%d guesses were answered before the lock", wrong)
	}
}
