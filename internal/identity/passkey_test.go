package identity

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

const home = "https://stoa.example.org"

// device is an authenticator with one passkey. It shares nothing with the code under test.
type device struct {
	h    *house
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func (h *house) device(of ident.ID) *device {
	// A key is drawn anew when a coordinate begins with a zero byte, which the virtual
	// authenticator leaves out, against RFC 9053; authenticators write all 32.
	const whole = 77
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for len(key.Key.AttestationData()) != whole {
		key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return &device{
		h: h, rp: virtualwebauthn.RelyingParty{ID: "stoa.example.org", Name: "Stoa", Origin: home},
		auth: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: of[:]}),
		key:  key,
	}
}

// made answers a question for a new passkey.
func (d *device) made(asked PasskeyChallenge) AddPasskey {
	d.h.t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(string(asked.Options))
	if err != nil {
		d.h.t.Fatal(err)
	}
	return AddPasskey{Origin: home, Name: "My laptop", Answer: []byte(virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.key, *options))}
}

// signed answers a question of a sign-in, and counts.
func (d *device) signed(asked PasskeyChallenge) SignInWithPasskey {
	d.h.t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(string(asked.Options))
	if err != nil {
		d.h.t.Fatal(err)
	}
	d.key.Counter++
	return SignInWithPasskey{Origin: home, Answer: []byte(virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.key, *options)), UserAgent: "Firefox"}
}

func (h *house) asked() PasskeyChallenge {
	h.t.Helper()
	asked, err := h.BeginPasskeySignIn(h.t.Context(), BeginPasskeySignIn{Origin: home})
	if err != nil {
		h.t.Fatal(err)
	}
	return asked
}

func (h *house) withPasskey(who SignedInOnce) (*device, Passkey) {
	h.t.Helper()
	d := h.device(who.Account.ID)
	asked, err := h.BeginPasskey(h.as(who.Secret), BeginPasskey{Origin: home})
	if err != nil {
		h.t.Fatal(err)
	}
	p, err := h.AddPasskey(h.as(who.Secret), d.made(asked))
	if err != nil {
		h.t.Fatal(err)
	}
	return d, p
}

func TestAPasskeySignsIn(t *testing.T) {
	h := open(t)
	ada := h.registered()
	h.enrolled(ada.Secret) // it is not asked for: the device has checked who holds it
	laptop, p := h.withPasskey(ada)

	asked := h.asked()
	if options := string(asked.Options); strings.Contains(options, "allowCredentials") || !strings.Contains(options, `"userVerification":"required"`) {
		t.Error(options)
	}
	answer := laptop.signed(asked)
	in, err := h.SignInWithPasskey(t.Context(), answer)
	if err != nil {
		t.Fatal(err)
	}
	if actor, err := h.actor(in.Secret); err != nil || actor.ID != ada.Account.ID || len(actor.OnlyActions) > 0 || !in.Step.IsEmpty() {
		t.Errorf("%+v, %v", actor, err)
	}
	_, err = h.SignInWithPasskey(t.Context(), answer)
	wantCode(t, err, "passkey.challenge") // once

	asked = h.asked()
	h.now = h.now.Add(5 * time.Minute)
	_, err = h.SignInWithPasskey(t.Context(), laptop.signed(asked))
	wantCode(t, err, "passkey.challenge")

	page, err := h.Passkeys(h.as(in.Secret), ListPasskeys{})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != p.ID || page.Items[0].Name != "My laptop" || page.Items[0].Domain != "stoa.example.org" || page.Items[0].LastUsedAt == nil {
		t.Errorf("%+v, %v", page, err)
	}
	if events := h.eventTypes(ada.Account.ID); !slices.Contains(events, "user.passkey_added.v1") || events[len(events)-1] != "user.signed_in.v1" {
		t.Error(events)
	}
}

func TestPasskeysThatDoNotSignIn(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	laptop, _ := h.withPasskey(ada)

	unknown := h.device(ada.Account.ID)
	forged := *laptop
	forged.key.Key = unknown.key.Key
	borrowed := *laptop
	borrowed.auth.Options.UserHandle = bob.Account.ID[:]
	elsewhere := *laptop
	elsewhere.rp.Origin = "https://stoa.example.com"
	otherDomain := *laptop
	otherDomain.rp.ID = "example.com"
	unverified := *laptop
	unverified.auth.Options.UserNotVerified = true
	for name, d := range map[string]*device{"unknown": unknown, "forged": &forged, "another's": &borrowed, "of another origin": &elsewhere, "of another domain": &otherDomain, "unverified": &unverified} {
		answer := d.signed(h.asked())
		in, err := h.SignInWithPasskey(t.Context(), answer)
		if wantCode(t, err, "auth.wrong_passkey"); t.Failed() || !in.Secret.IsEmpty() {
			t.Fatal(name)
		}
		_, err = h.SignInWithPasskey(t.Context(), answer)
		wantCode(t, err, "passkey.challenge") // a wrong answer uses it up as well
	}
	for _, junk := range []string{"{}", "null", `{"id":"x"}`} {
		_, err := h.SignInWithPasskey(t.Context(), SignInWithPasskey{Origin: home, Answer: []byte(junk)})
		wantCode(t, err, "passkey.malformed")
	}
	// What was asked of somebody who adds a passkey is no question of a sign-in.
	asked, err := h.BeginPasskey(h.as(ada.Secret), BeginPasskey{Origin: home})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.SignInWithPasskey(t.Context(), laptop.signed(asked))
	wantCode(t, err, "passkey.challenge")
	if _, err := h.SignInWithPasskey(t.Context(), laptop.signed(h.asked())); err != nil {
		t.Error(err)
	}
}

func TestACopiedPasskeyIsRefused(t *testing.T) {
	h := open(t)
	ada := h.registered()
	laptop, p := h.withPasskey(ada)
	thief := *laptop
	for range 2 {
		if _, err := h.SignInWithPasskey(t.Context(), laptop.signed(h.asked())); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.SignInWithPasskey(t.Context(), thief.signed(h.asked()))
	wantCode(t, err, "auth.passkey_copied")
	if events := h.eventTypes(ada.Account.ID); !slices.Contains(events, "user.passkey_refused.v1") {
		t.Error(events)
	}
	detail, err := pg.One[string](t.Context(), h.db, `SELECT detail::text FROM audit WHERE action = 'auth.passkey' AND target_id = $1 ORDER BY id DESC LIMIT 1`, ada.Account.ID)
	if err != nil || !strings.Contains(detail, p.ID.String()) || !strings.Contains(detail, "failed") {
		t.Errorf("%s, %v", detail, err)
	}
}

func TestWhoIsLockedOutIsSoWithAPasskey(t *testing.T) {
	h := open(t)
	ada := h.registered()
	laptop, _ := h.withPasskey(ada)
	for range 5 {
		_, _ = h.signInAs(ada.Account.Email, "wrong wrong wrong")
	}
	_, err := h.SignInWithPasskey(t.Context(), laptop.signed(h.asked()))
	wantCode(t, err, "auth.locked")
	h.now = h.now.Add(time.Hour)
	if _, err := h.SignInWithPasskey(t.Context(), laptop.signed(h.asked())); err != nil {
		t.Error(err)
	}
}

func TestAddingAndRemovingPasskeys(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	boss, ada := h.operator(), h.registered()
	laptop, p := h.withPasskey(ada)
	begin := func() PasskeyChallenge {
		t.Helper()
		asked, err := h.BeginPasskey(h.as(ada.Secret), BeginPasskey{Origin: home})
		if err != nil {
			t.Fatal(err)
		}
		return asked
	}
	if asked := begin(); !strings.Contains(string(asked.Options), "excludeCredentials") {
		t.Errorf("%s", asked.Options)
	}
	_, err := h.AddPasskey(h.as(ada.Secret), laptop.made(begin()))
	wantCode(t, err, "passkey.known")
	_, err = h.AddPasskey(h.as(boss.Secret), h.device(boss.Account.ID).made(begin()))
	wantCode(t, err, "passkey.challenge") // asked of somebody else
	careless := h.device(ada.Account.ID)
	careless.auth.Options.UserNotVerified = true
	_, err = h.AddPasskey(h.as(ada.Secret), careless.made(begin()))
	wantCode(t, err, "passkey.refused")

	made, err := h.CreateToken(h.as(ada.Secret), CreateToken{Name: "ci"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.BeginPasskey(h.as(made.Secret), BeginPasskey{Origin: home})
	wantCode(t, err, "passkey.session")
	h.policy.Passkeys = 1
	if _, err := h.db.Exec(t.Context(), dropPassword, ada.Account.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.RemovePasskey(h.as(ada.Secret), RemovePasskey{ID: p.ID})
	wantCode(t, err, "passkey.last")
	if _, err := h.db.Exec(t.Context(), `UPDATE account SET password_hash = 'x' WHERE id = $1`, ada.Account.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.BeginPasskey(h.as(ada.Secret), BeginPasskey{Origin: home})
	wantCode(t, err, "passkey.max")

	_, err = h.RemovePasskey(h.as(h.registered().Secret), RemovePasskey{ID: p.ID})
	wantCode(t, err, "not_found")
	_, err = h.RemovePasskey(h.as(boss.Secret), RemovePasskey{ID: p.ID})
	wantCode(t, err, "denied") // an operator resets, and that is all
	if _, err := h.RemovePasskey(h.as(ada.Secret), RemovePasskey{ID: p.ID}); err != nil {
		t.Fatal(err)
	}
	_, err = h.SignInWithPasskey(t.Context(), laptop.signed(h.asked()))
	wantCode(t, err, "auth.wrong_passkey")

	phone, _ := h.withPasskey(ada) // which she then loses
	if _, err := h.ResetSecondFactor(h.as(boss.Secret), ResetSecondFactor{ada.Account.ID}); err != nil {
		t.Fatal(err)
	}
	_, err = h.SignInWithPasskey(t.Context(), phone.signed(h.asked()))
	wantCode(t, err, "auth.wrong_passkey")
}

func TestTheLastTwoPasskeysAreNotRemovedTogether(t *testing.T) {
	h := open(t)
	ada := h.registered()
	_, laptop := h.withPasskey(ada)
	_, phone := h.withPasskey(ada)
	if _, err := h.db.Exec(t.Context(), dropPassword, ada.Account.ID); err != nil {
		t.Fatal(err)
	}
	her := h.as(ada.Secret)
	var errs [2]error
	pgtest.Crowd(t, h.db, len(errs), `SELECT FROM account WHERE id = $1 FOR UPDATE`, ada.Account.ID, func(i int) {
		_, errs[i] = h.RemovePasskey(her, RemovePasskey{ID: []ident.ID{laptop.ID, phone.ID}[i]})
	})
	wantCode(t, cmp.Or(errs[:]...), "passkey.last")
	if errs[0] != nil && errs[1] != nil {
		t.Error(errs)
	}
}

func TestWherePasskeysWork(t *testing.T) {
	for origin, works := range map[string]bool{
		"https://stoa.example.org": true, "https://stoa.example.org:8443": true, "http://localhost:8080": true, "https://localhost": true,
		"http://stoa.example.org": false, "http://127.0.0.1:8080": false, "https://192.0.2.1": false, "https://[::1]": false, "": false, "null": false,
	} {
		if _, err := relyingParty(origin); (err == nil) != works {
			t.Errorf("%q: %v", origin, err)
		}
	}
}
