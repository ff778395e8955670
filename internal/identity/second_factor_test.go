package identity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// app is an authenticator app, which shares nothing with the code under test but the secret.
type app struct {
	h      *house
	secret string
}

func (a app) code() Code {
	a.h.t.Helper()
	code, err := totp.GenerateCode(a.secret, a.h.now)
	if err != nil {
		a.h.t.Fatal(err)
	}
	return codeOf(code)
}

func codeOf(text string) Code { return Code{Code: secret.New(text)} }

// operator is the first administrator.
func (h *house) operator() SignedInOnce {
	h.t.Helper()
	in, err := h.SetUp(h.t.Context(), SetUp{Newcomer: newcomer(uniqueEmail()), Token: h.openSetup(secret.String{}).Token})
	if err != nil {
		h.t.Fatal(err)
	}
	return in
}

func (h *house) enrolled(session secret.String) (app, []secret.String) {
	h.t.Helper()
	got, err := h.EnrollSecondFactor(h.as(session), EnrollSecondFactor{Installation: "stoa.example.org"})
	if err != nil {
		h.t.Fatal(err)
	}
	a := app{h, got.Secret.Reveal()}
	codes, err := h.ConfirmSecond(h.as(session), ConfirmSecondFactor{a.code()})
	if err != nil {
		h.t.Fatal(err)
	}
	return a, codes.Codes
}

// step is a sign-in whose second factor is owed.
func (h *house) step(email string) secret.String {
	h.t.Helper()
	in, err := h.signInAs(email, password)
	if err != nil || in.Step.IsEmpty() || !in.Secret.IsEmpty() {
		h.t.Fatalf("%+v, %v", in, err)
	}
	return in.Step
}

func TestSigningInAsksForTheSecondFactor(t *testing.T) {
	h := open(t)
	ada := h.registered()
	email := ada.Account.Email
	phone, _ := h.enrolled(ada.Secret)
	if got, err := h.SecondFactor(h.as(ada.Secret), GetSecondFactor{}); err != nil || got.App == nil || got.RecoveryCodes != 10 || got.Required {
		t.Errorf("%+v, %v", got, err)
	}

	step := h.step(email)
	_, err := h.SignInSecond(t.Context(), SignInSecond{Step: step, Code: phone.code()})
	wantCode(t, err, "auth.wrong_code") // it confirmed the enrolment: once
	h.now = h.now.Add(30 * time.Second)
	used := phone.code()
	in, err := h.SignInSecond(t.Context(), SignInSecond{Step: step, Code: used, UserAgent: "Firefox"})
	if err != nil {
		t.Fatal(err)
	}
	if actor, err := h.actor(in.Secret); err != nil || actor.ID != ada.Account.ID || len(actor.OnlyActions) > 0 {
		t.Errorf("%+v, %v", actor, err)
	}
	_, err = h.SignInSecond(t.Context(), SignInSecond{Step: step, Code: used})
	wantCode(t, err, "auth.step")
	_, err = h.SignInSecond(t.Context(), SignInSecond{Step: h.step(email), Code: used})
	wantCode(t, err, "auth.wrong_code")

	h.now = h.now.Add(time.Minute)
	late := phone.code()
	h.now = h.now.Add(30 * time.Second) // a clock that is slow
	if _, err := h.SignInSecond(t.Context(), SignInSecond{Step: h.step(email), Code: late}); err != nil {
		t.Error(err)
	}
	step = h.step(email)
	h.now = h.now.Add(5 * time.Minute)
	_, err = h.SignInSecond(t.Context(), SignInSecond{Step: step, Code: phone.code()})
	wantCode(t, err, "auth.step")
	for _, forged := range []string{"", in.Secret.Reveal(), secret.NewToken(stepToken, ada.Account.ID).Reveal()} {
		_, err = h.SignInSecond(t.Context(), SignInSecond{Step: secret.New(forged), Code: phone.code()})
		wantCode(t, err, "auth.step")
	}
}

func TestTheSecretIsSealed(t *testing.T) {
	h := open(t)
	ada := h.registered()
	phone, codes := h.enrolled(ada.Secret)
	rows, err := pg.All[string](t.Context(), h.db, `SELECT sealed_secret::text FROM second_factor UNION ALL SELECT code_hash::text FROM recovery_code UNION ALL SELECT data::text FROM event UNION ALL SELECT detail::text FROM audit`)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if strings.Contains(row, phone.secret) || strings.Contains(row, codes[0].Reveal()) {
			t.Errorf("in the database: %s", row)
		}
	}
}

func TestWrongCodesLockTheAddress(t *testing.T) {
	h := open(t)
	ada := h.registered()
	phone, _ := h.enrolled(ada.Secret)
	for range 4 {
		h.now = h.now.Add(time.Second)
		_, err := h.SignInSecond(t.Context(), SignInSecond{Step: h.step(ada.Account.Email), Code: codeOf("000000")}) // the right password does not buy another try
		wantCode(t, err, "auth.wrong_code")
	}
	step := h.step(ada.Account.Email)
	_, err := h.SignInSecond(t.Context(), SignInSecond{Step: step, Code: codeOf("000000")})
	wantCode(t, err, "auth.locked")
	h.now = h.now.Add(time.Minute)
	_, err = h.SignInSecond(t.Context(), SignInSecond{Step: step, Code: phone.code()})
	wantCode(t, err, "auth.locked")
	_, err = h.RemoveSecondFactor(h.as(ada.Secret), RemoveSecondFactor{phone.code()})
	wantCode(t, err, "auth.locked")
	_, err = h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "auth.locked")
}

func TestRecoveryCodesWorkOnce(t *testing.T) {
	h := open(t)
	ada := h.registered()
	phone, codes := h.enrolled(ada.Secret)
	if len(codes) != 10 {
		t.Fatal(len(codes))
	}
	typed := codeOf(" " + strings.ToUpper(strings.ReplaceAll(codes[0].Reveal(), "-", " ")))
	if _, err := h.SignInSecond(t.Context(), SignInSecond{Step: h.step(ada.Account.Email), Code: typed}); err != nil {
		t.Fatal(err)
	}
	_, err := h.SignInSecond(t.Context(), SignInSecond{Step: h.step(ada.Account.Email), Code: typed})
	wantCode(t, err, "auth.wrong_code")
	h.now = h.now.Add(time.Minute)
	renewed, err := h.RenewRecoveryCodes(h.as(ada.Secret), RenewRecoveryCodes{phone.code()})
	if err != nil || len(renewed.Codes) != 10 {
		t.Fatal(err)
	}
	_, err = h.RemoveSecondFactor(h.as(ada.Secret), RemoveSecondFactor{Code{codes[1]}})
	wantCode(t, err, "second_factor.wrong_code")
	if _, err = h.RemoveSecondFactor(h.as(ada.Secret), RemoveSecondFactor{Code{renewed.Codes[1]}}); err != nil {
		t.Fatal(err)
	}
	if in, err := h.signInAs(ada.Account.Email, password); err != nil || !in.Step.IsEmpty() {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestEnrollingInOrder(t *testing.T) {
	h := open(t)
	ada := h.registered()
	_, err := h.ConfirmSecond(h.as(ada.Secret), ConfirmSecondFactor{codeOf("123456")})
	wantCode(t, err, "second_factor.none")
	first, err := h.EnrollSecondFactor(h.as(ada.Secret), EnrollSecondFactor{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.signInAs(ada.Account.Email, password); err != nil { // not asked for yet
		t.Fatal(err)
	}
	second, err := h.EnrollSecondFactor(h.as(ada.Secret), EnrollSecondFactor{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ConfirmSecond(h.as(ada.Secret), ConfirmSecondFactor{app{h, first.Secret.Reveal()}.code()})
	wantCode(t, err, "second_factor.wrong_code")
	if _, err = h.ConfirmSecond(h.as(ada.Secret), ConfirmSecondFactor{app{h, second.Secret.Reveal()}.code()}); err != nil {
		t.Fatal(err)
	}
	_, err = h.ConfirmSecond(h.as(ada.Secret), ConfirmSecondFactor{codeOf("123456")})
	wantCode(t, err, "second_factor.enrolled")
	_, err = h.EnrollSecondFactor(h.as(ada.Secret), EnrollSecondFactor{})
	wantCode(t, err, "second_factor.enrolled")
	_, err = h.EnrollSecondFactor(t.Context(), EnrollSecondFactor{})
	wantCode(t, err, "unauthenticated")
}

func TestAnOperatorResetsAFactor(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	boss, ada := h.operator(), h.registered()
	h.enrolled(ada.Secret)
	_, err := h.ResetSecondFactor(h.as(ada.Secret), ResetSecondFactor{ada.Account.ID})
	wantCode(t, err, "denied")
	if seen, err := h.User(h.as(boss.Secret), GetUser{ada.Account.ID}); err != nil || !seen.App {
		t.Errorf("an operator sees %+v, %v", seen.WaysIn, err)
	}
	if _, err := h.ResetSecondFactor(h.as(boss.Secret), ResetSecondFactor{ada.Account.ID}); err != nil {
		t.Fatal(err)
	}
	if seen, err := h.User(h.as(boss.Secret), GetUser{ada.Account.ID}); err != nil || seen.App {
		t.Errorf("afterwards an operator sees %+v, %v", seen.WaysIn, err)
	}
	if got := h.refusal(ada.Secret); got != "auth.revoked" {
		t.Error(got)
	}
	if in, err := h.signInAs(ada.Account.Email, password); err != nil || !in.Step.IsEmpty() {
		t.Errorf("%+v, %v", in, err)
	}
	if events := h.eventTypes(ada.Account.ID); !slices.Contains(events, "user.second_factor_reset.v1") {
		t.Error(events)
	}
	_, err = h.ResetSecondFactor(h.as(boss.Secret), ResetSecondFactor{ident.New()})
	wantCode(t, err, "not_found")
}

func TestWhoMustHaveASecondFactor(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	boss, ada := h.operator(), h.registered()
	for required, limited := range map[SecondFactorRequired][2]bool{RequiredOfNone: {false, false}, RequiredOfOperators: {true, false}, RequiredOfAll: {true, true}} {
		h.policy.SecondFactor = required
		for i, who := range []SignedInOnce{boss, ada} {
			in, err := h.signInAs(who.Account.Email, password)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.Tokens(h.as(in.Secret), ListCredentials{})
			if limited[i] {
				wantCode(t, err, "token_scope")
			} else {
				wantCode(t, err, "")
			}
		}
	}
	h.policy.SecondFactor = RequiredOfAll
	in, err := h.signInAs(ada.Account.Email, password)
	if err != nil {
		t.Fatal(err)
	}
	h.enrolled(in.Secret)
	if _, err := h.Tokens(h.as(in.Secret), ListCredentials{}); err != nil { // the session was widened
		t.Error(err)
	}
	if got, err := h.SecondFactor(h.as(in.Secret), GetSecondFactor{}); err != nil || !got.Required {
		t.Errorf("%+v, %v", got, err)
	}
}

// Test vectors of RFC 6238, appendix B (SHA-1), the last six digits.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	shared := secret.New(base32NoPadding.EncodeToString([]byte("12345678901234567890")))
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, ok, err := totpMatches(shared, code, time.Unix(at, 0), 0)
		if err != nil || !ok || step != at/30 {
			t.Errorf("%d: %v %d %v", at, ok, step, err)
		}
		if _, ok, _ := totpMatches(shared, code, time.Unix(at, 0), at/30); ok {
			t.Errorf("%d: accepted again", at)
		}
		if _, ok, _ := totpMatches(shared, code, time.Unix(at+90, 0), 0); ok {
			t.Errorf("%d: accepted late", at)
		}
	}
}
