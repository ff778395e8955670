package identity

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// postbox takes letters, unless it fails.
type postbox struct {
	mu        sync.Mutex
	letters   []Letter
	fails     error
	permanent bool
}

func (b *postbox) Send(_ context.Context, l Letter) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails != nil {
		return b.permanent, b.fails
	}
	b.letters = append(b.letters, l)
	return false, nil
}

// last sends what is due and gives the last letter to an address.
func (b *postbox) last(h *house, to string) (Letter, bool) {
	h.t.Helper()
	if _, err := h.SendLettersDue(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range slices.Backward(b.letters) {
		if l.To.Reveal() == to {
			return l, true
		}
	}
	return Letter{}, false
}

// code is what was sent to an address.
func (b *postbox) code(h *house, to string) secret.String {
	h.t.Helper()
	l, ok := b.last(h, to)
	if !ok || l.Subject != "Confirm your e-mail address" {
		h.t.Fatalf("the last letter there is %+v", l)
	}
	return secret.New(regexp.MustCompile(`[0-9]{8}`).FindString(l.Text))
}

// withMail is a house of its own: the database's letters are all due to it.
func withMail(t *testing.T) (*house, *postbox) {
	box := &postbox{}
	return newHouseWithMail(t, pgtest.Clone(t), box), box
}

func (h *house) wants(session secret.String, email string) (EmailChange, error) {
	h.t.Helper()
	return h.ChangeEmail(h.as(session), ChangeEmail{Email: email, Password: secret.New(password)})
}

func (h *house) confirms(session, code secret.String) error {
	h.t.Helper()
	_, err := h.ConfirmEmail(h.as(session), ConfirmEmail{Code: code})
	return err
}

func (h *house) address(session secret.String) string {
	h.t.Helper()
	me, err := h.Me(h.as(session), GetMe{})
	if err != nil {
		h.t.Fatal(err)
	}
	return me.Account.Email
}

func TestAnAddressChangesByTheCodeThatWasSentThere(t *testing.T) {
	h, box := withMail(t)
	ada := h.registered()
	before, after := ada.Account.Email, uniqueEmail()
	got, err := h.wants(ada.Secret, strings.ToUpper(after))
	wantCode(t, err, "")
	if got.Changed || got.Email != after || !got.ExpiresAt.Equal(h.now.Add(30*time.Minute)) || h.address(ada.Secret) != before {
		t.Errorf("%+v, and the address is %s", got, h.address(ada.Secret))
	}
	me, err := h.Me(h.as(ada.Secret), GetMe{})
	if wantCode(t, err, ""); me.PendingEmail == nil || me.PendingEmail.Email != after || !me.HasPassword {
		t.Errorf("%+v", me)
	}
	code := box.code(h, after)
	wantCode(t, h.confirms(ada.Secret, secret.New(code.Reveal()[:4]+" "+code.Reveal()[4:])), "")
	if h.address(ada.Secret) != after {
		t.Error("it is not the address")
	}
	wantCode(t, h.confirms(ada.Secret, code), "me.email_none") // once
	_, err = h.signInAs(before, password)
	wantCode(t, err, "auth.wrong_credentials")
	_, err = h.signInAs(after, password)
	wantCode(t, err, "")
	told, ok := box.last(h, before)
	if !ok || !strings.Contains(told.Subject, "was changed") || strings.Contains(told.Text+told.Subject, after) {
		t.Errorf("the address before was told %+v", told)
	}
	if n, err := pg.One[int](t.Context(), h.db, `SELECT (SELECT count(*) FROM email_change) + (SELECT count(*) FROM account_letter)`); err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
	if events := h.eventTypes(ada.Account.ID); events[2] != "user.email_changed.v1" {
		t.Error(events)
	}
}

// Neither addresses nor codes are in events, audit or readable rows.
func TestAddressesAndCodesAreSealed(t *testing.T) {
	h, box := withMail(t)
	ada := h.registered()
	after := uniqueEmail()
	_, err := h.wants(ada.Secret, after)
	wantCode(t, err, "")
	rows, err := pg.All[string](t.Context(), h.db, `
SELECT e::text FROM event e UNION ALL SELECT a::text FROM audit a UNION ALL SELECT l::text || encode(l.sealed, 'escape') FROM account_letter l
UNION ALL SELECT encode(sealed_code, 'escape') FROM email_change`)
	wantCode(t, err, "")
	code := box.code(h, after).Reveal()
	for _, row := range rows {
		if strings.Contains(row, after) || strings.Contains(row, code) {
			t.Errorf("in the database: %s", row)
		}
	}
	if len(rows) < 5 {
		t.Errorf("%d rows were looked at", len(rows))
	}
}

func TestACodeHoldsForAWhileAndAFewTries(t *testing.T) {
	h, box := withMail(t)
	ada := h.registered()
	after := uniqueEmail()
	wantCode(t, h.confirms(ada.Secret, secret.New("12345678")), "me.email_none")
	_, err := h.wants(ada.Secret, after)
	wantCode(t, err, "")
	code := box.code(h, after)
	h.now = h.now.Add(30 * time.Minute)
	wantCode(t, h.confirms(ada.Secret, code), "me.email_none")

	_, err = h.wants(ada.Secret, after)
	wantCode(t, err, "")
	wrong, code := secret.New("0"), box.code(h, after)
	for left := 4; left >= 0; left-- {
		err := h.confirms(ada.Secret, wrong)
		wantCode(t, err, "me.email_code")
		if left > 1 && !strings.Contains(err.Error(), string(rune('0'+left))) {
			t.Errorf("%d are left: %v", left, err)
		}
	}
	wantCode(t, h.confirms(ada.Secret, code), "me.email_none")
	if h.address(ada.Secret) == after {
		t.Error("it changed")
	}
	// Another code replaces the one before, of whatever address.
	_, err = h.wants(ada.Secret, after)
	wantCode(t, err, "")
	old := box.code(h, after)
	_, err = h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "")
	wantCode(t, h.confirms(ada.Secret, old), "me.email_code")
}

func TestCodesAreAskedForAFewTimesAnHour(t *testing.T) {
	h, _ := withMail(t)
	ada := h.registered()
	for range emailAsked {
		h.now = h.now.Add(time.Minute)
		_, err := h.wants(ada.Secret, uniqueEmail())
		wantCode(t, err, "")
	}
	_, err := h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "me.email_often")
	if f := fault.Of(err); f.Retry != 56*time.Minute {
		t.Errorf("try again in %v", f.Retry)
	}
	h.now = h.now.Add(56 * time.Minute)
	_, err = h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "")
}

// Whoever asks for an address learns nothing of whether it has an account.
func TestATakenAddressLooksLikeAnyOther(t *testing.T) {
	h, box := withMail(t)
	ada, bob := h.registered(), h.registered()
	taken, err := h.wants(ada.Secret, bob.Account.Email)
	wantCode(t, err, "")
	if taken.Changed || taken.ExpiresAt.IsZero() {
		t.Errorf("%+v", taken)
	}
	wantCode(t, h.confirms(ada.Secret, secret.New("0")), "me.email_code")
	l, ok := box.last(h, bob.Account.Email)
	if !ok || !strings.Contains(l.Subject, "Somebody asked") || regexp.MustCompile(`[0-9]{8}`).MatchString(l.Text) {
		t.Errorf("%+v", l)
	}
	// Registered between the code's letter and its return: the code shows whose the address is, so it may be said.
	late := uniqueEmail()
	_, err = h.wants(ada.Secret, late)
	wantCode(t, err, "")
	code := box.code(h, late)
	_, err = h.Register(t.Context(), Register{Newcomer: newcomer(late)})
	wantCode(t, err, "")
	wantCode(t, h.confirms(ada.Secret, code), "user.email_taken")
}

func TestWithoutMailAnAddressChangesAtOnce(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	after := uniqueEmail()
	got, err := h.wants(ada.Secret, after)
	if wantCode(t, err, ""); !got.Changed || !got.ExpiresAt.IsZero() || h.address(ada.Secret) != after || got.Account.Email != after {
		t.Errorf("%+v", got)
	}
	_, err = h.wants(ada.Secret, bob.Account.Email)
	wantCode(t, err, "user.email_taken")
	_, err = h.wants(ada.Secret, after)
	wantCode(t, err, "me.email_same")
	_, err = h.wants(ada.Secret, "no address")
	wantCode(t, err, "email")
	wantCode(t, h.confirms(ada.Secret, secret.New("12345678")), "me.email_none")
	token := h.token(h.as(ada.Secret), CreateToken{})
	if _, err = h.ChangeEmail(h.as(token.Secret), ChangeEmail{Email: uniqueEmail(), Password: secret.New(password)}); err != nil {
		t.Error(err) // the CLI's way
	}
	_, err = h.ChangeEmail(t.Context(), ChangeEmail{Email: after, Password: secret.New(password)})
	wantCode(t, err, "unauthenticated")
	service := command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.ServiceAccount, ID: ident.New()}})
	_, err = h.ChangeEmail(service, ChangeEmail{Email: after, Password: secret.New(password)})
	wantCode(t, err, "me.service_account")
}

func TestWhatProvesWhoAsks(t *testing.T) {
	h := open(t)
	ada := h.registered()
	ask := func(session secret.String, in ChangeEmail) error {
		in.Email = uniqueEmail()
		_, err := h.ChangeEmail(h.as(session), in)
		return err
	}
	wantCode(t, ask(ada.Secret, ChangeEmail{}), "me.password_needed")
	wantCode(t, ask(ada.Secret, ChangeEmail{Password: secret.New("wrong")}), "password.wrong")

	// Without a password: a session that was opened a moment ago, and no token.
	if _, err := h.db.Exec(t.Context(), dropPassword, ada.Account.ID); err != nil {
		t.Fatal(err)
	}
	token := h.token(h.as(ada.Secret), CreateToken{})
	wantCode(t, ask(token.Secret, ChangeEmail{}), "me.sign_in_again")
	wantCode(t, ask(ada.Secret, ChangeEmail{}), "")
	h.now = h.now.Add(15 * time.Minute)
	wantCode(t, ask(ada.Secret, ChangeEmail{}), "me.sign_in_again")

	// With a second factor: its code, whatever the session's age.
	phone, codes := h.enrolled(ada.Secret)
	wantCode(t, ask(ada.Secret, ChangeEmail{}), "me.code_needed")
	wantCode(t, ask(ada.Secret, ChangeEmail{Code: secret.New("000000")}), "second_factor.wrong_code")
	h.now = h.now.Add(time.Minute)
	wantCode(t, ask(ada.Secret, ChangeEmail{Code: phone.code().Code}), "")
	wantCode(t, ask(ada.Secret, ChangeEmail{Code: codes[0]}), "")
	wantCode(t, ask(ada.Secret, ChangeEmail{Code: codes[0]}), "second_factor.wrong_code")
}

func TestLettersAreTriedAgainUntilTheyAreWorthNothing(t *testing.T) {
	h, box := withMail(t)
	ada := h.registered()
	box.fails = errors.New("the mail server answered 451")
	_, err := h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "")
	tries := 0
	for range 40 { // an hour
		n, err := h.SendLettersDue(t.Context())
		wantCode(t, err, "")
		tries += n
		h.now = h.now.Add(90 * time.Second)
	}
	if tries < 4 || tries > 6 {
		t.Errorf("%d tries", tries)
	}
	left := func() int {
		n, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM account_letter`)
		wantCode(t, err, "")
		return n
	}
	wantCode(t, Forget(t.Context(), h.db, h.now), "")
	if n := left(); n != 0 {
		t.Errorf("%d letters are left", n)
	}
	box.permanent = true
	_, err = h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "")
	if _, err := h.SendLettersDue(t.Context()); err != nil || left() != 0 {
		t.Errorf("%d letters are left, %v", left(), err)
	}
	// What nobody sent in time is forgotten, and so is the address.
	_, err = h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "")
	wantCode(t, Forget(t.Context(), h.db, h.now.Add(2*time.Hour)), "")
	if n, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM email_change`); err != nil || n+left() != 0 {
		t.Errorf("%d changes and %d letters are left, %v", n, left(), err)
	}
}

func TestWhoIsDeletedLeavesNoAddress(t *testing.T) {
	h, _ := withMail(t)
	ada := h.registered()
	_, err := h.wants(ada.Secret, uniqueEmail())
	wantCode(t, err, "")
	_, err = h.DeleteUser(h.asOperator(), DeleteUser{ID: ada.Account.ID})
	wantCode(t, err, "")
}
