package identity

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// saying is an issuer that says what a test has it say. Whatever else it is asked is a mistake of the test.
type saying struct {
	Issuers
	claims Claims
	logout Logout
	state  string
}

func (i *saying) SignInURL(_ context.Context, _ Client, f Flow) (string, error) {
	i.state = f.State
	return "https://id.example.org/auth", nil
}

func (i *saying) Exchange(context.Context, Client, Flow, Answer) (Claims, error) {
	return i.claims, nil
}

func (i *saying) VerifyLogout(context.Context, Client, string) (Logout, error) { return i.logout, nil }

func TestTheIssuerEndsWhatItOpenedAndNothingElse(t *testing.T) {
	h := open(t)
	keys, err := secret.OpenKeys(filepath.Join(t.TempDir(), "seal.keys"))
	if err != nil {
		t.Fatal(err)
	}
	issuer := &saying{}
	s := NewProviders(ProviderNeeds{Runner: h.runner, Settings: h, Keys: keys, Issuers: issuer, Home: func() string { return "https://stoa.example.org" }})
	name, at := "p"+ident.New().String()[24:], "https://"+ident.New().String()+".example.org"
	if _, err := h.db.Exec(t.Context(), `INSERT INTO identity_provider (`+providerColumns+`)
		VALUES ($1, 1, $2, 'Example', $3, 'stoa', NULL, '{}', '{}', '', 'open', false, true, '[]', $4, $4)`, ident.New(), name, at, h.now); err != nil {
		t.Fatal(err)
	}
	enter := func(subject, session string) secret.String {
		t.Helper()
		start, err := s.Start(t.Context(), StartSignIn{Provider: name})
		if err != nil {
			t.Fatal(err)
		}
		issuer.claims = h.says(subject, subject+"@example.org", map[string]any{"sid": session})
		issuer.claims.Issuer = at
		in, err := s.Finish(t.Context(), FinishSignIn{Provider: name, Kept: start.Kept, Answer: Answer{State: issuer.state, Code: "c"}})
		if err != nil {
			t.Fatal(err)
		}
		return in.SignedIn.Secret
	}
	says := func(token, subject, session string) (int, error) {
		issuer.logout = Logout{Issuer: at, TokenID: token, Subject: subject, Session: session, ExpiresAt: h.now.Add(2 * time.Minute)}
		out, err := s.Logout(t.Context(), TakeLogout{Provider: name, Token: secret.New("a token")})
		return out.Sessions, err
	}
	ended := func(what string, want int, got int, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s: %d sessions ended, want %d (%v)", what, got, want, err)
		}
	}
	ada, grace := "ada-"+ident.New().String(), "grace-"+ident.New().String()
	first, second, unnamed, other := enter(ada, "s1"), enter(ada, "s2"), enter(ada, ""), enter(grace, "s3")
	token := h.token(h.as(second), CreateToken{})

	n, err := says("1", grace, "s1")
	ended("a session of somebody else's", 0, n, err)
	n, err = says("2", "", "s2")
	ended("one session", 1, n, err)
	if h.refusal(second) != "auth.revoked" || h.refusal(first) != "" || h.refusal(unnamed) != "" {
		t.Error("another session ended")
	}
	n, err = says("3", ada, "s9")
	ended("a session that is not known here", 1, n, err)
	if h.refusal(unnamed) != "auth.revoked" || h.refusal(first) != "" {
		t.Error("the session of which nothing was said should have ended, the others not")
	}
	_, err = says("2", ada, "")
	wantCode(t, err, "auth.logout_replayed")
	n, err = says("4", ada, "")
	ended("all of a person's", 1, n, err)
	if h.refusal(first) != "auth.revoked" || h.refusal(other) != "" || h.refusal(token.Secret) != "" {
		t.Error("ended too much or too little")
	}
	var account ident.ID
	if err := h.db.QueryRow(t.Context(), `SELECT account_id FROM external_identity WHERE issuer = $1 AND subject = $2`, at, ada).Scan(&account); err != nil {
		t.Fatal(err)
	}
	var told int
	if err := h.db.QueryRow(t.Context(), `SELECT count(*) FROM event WHERE type = 'user.signed_out_by_issuer.v1' AND aggregate_id = $1`, account).Scan(&told); err != nil {
		t.Fatal(err)
	}
	if told != 3 {
		t.Errorf("%d facts, want 3", told)
	}

	h.now = h.now.Add(KeepEnded + time.Hour)
	if err := Forget(t.Context(), h.db, h.now); err != nil {
		t.Fatal(err)
	}
	var kept int
	if err := h.db.QueryRow(t.Context(), `SELECT count(*) FROM logout_token WHERE issuer = $1`, at).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d logout tokens are kept (%v)", kept, err)
	}
}
