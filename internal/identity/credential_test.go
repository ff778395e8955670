package identity

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

func TestSessionsAreListedAndRevokedAtOnce(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	other, err := h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "")
	page, err := h.Sessions(h.as(ada.Secret), ListCredentials{})
	wantCode(t, err, "")
	if len(page.Items) != 2 || !page.Items[0].Current || page.Items[1].Current || page.Items[1].UserAgent != "Firefox" {
		t.Fatalf("%+v", page.Items)
	}
	revoke := func(as secret.String, id ident.ID) error {
		_, err := h.RevokeSession(h.as(as), RevokeCredential{ID: id})
		return err
	}
	wantCode(t, revoke(bob.Secret, page.Items[1].ID), "not_found")
	if h.refusal(other.Secret) != "" {
		t.Error("a stranger ended a session")
	}
	wantCode(t, revoke(ada.Secret, page.Items[1].ID), "")
	if got := h.refusal(other.Secret); got != "auth.revoked" {
		t.Errorf("the revoked one: %q", got)
	}
	wantCode(t, revoke(ada.Secret, page.Items[1].ID), "not_found")
	wantCode(t, revoke(ada.Secret, h.token(h.as(ada.Secret), CreateToken{}).Token.ID), "not_found") // no session
	if page, err = h.Sessions(h.as(ada.Secret), ListCredentials{}); err != nil || len(page.Items) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestSignOut(t *testing.T) {
	h := open(t)
	ada := h.registered()
	other, err := h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "")
	_, err = h.SignOut(h.as(ada.Secret), SignOut{})
	wantCode(t, err, "")
	if h.refusal(ada.Secret) != "auth.revoked" || h.refusal(other.Secret) != "" {
		t.Error("signing out ended the wrong session")
	}
	_, err = h.SignOut(t.Context(), SignOut{})
	wantCode(t, err, "unauthenticated")
}

func TestSessionsExpire(t *testing.T) {
	h := open(t)
	ada := h.registered()
	h.now = h.now.Add(h.policy.SessionFor - time.Second)
	if got := h.refusal(ada.Secret); got != "" {
		t.Errorf("a second before: %q", got)
	}
	h.now = h.now.Add(time.Second)
	if got := h.refusal(ada.Secret); got != "auth.expired" {
		t.Errorf("in time: %q", got)
	}
}

func TestChangePassword(t *testing.T) {
	h := open(t)
	ada := h.registered()
	other, err := h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "")
	token := h.token(h.as(ada.Secret), CreateToken{})
	change := func(current, next string) error {
		_, err := h.ChangePassword(h.as(ada.Secret), ChangePassword{Current: secret.New(current), New: secret.New(next)})
		return err
	}
	wantCode(t, change("wrong", "something else"), "password.wrong")
	wantCode(t, change(password, "short"), "password.short")
	wantCode(t, change(password, ""), "password.size")
	wantCode(t, change(password, "something else"), "")
	if h.refusal(ada.Secret) != "" || h.refusal(other.Secret) != "auth.revoked" || h.refusal(token.Secret) != "" {
		t.Error("this session and tokens stay, other sessions end")
	}
	_, err = h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "auth.wrong_credentials")
	_, err = h.signInAs(ada.Account.Email, "something else")
	wantCode(t, err, "")
	_, err = h.ChangePassword(t.Context(), ChangePassword{Current: secret.New(password), New: secret.New(password)})
	wantCode(t, err, "unauthenticated")
}

func TestTokens(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	ctx := h.as(ada.Secret)
	made := h.token(ctx, CreateToken{Name: "ci", Lasts: time.Hour})
	actor := command.RequestFrom(h.as(made.Secret)).Actor
	if actor.ID != ada.Account.ID || actor.Credential != made.Token.ID || !actor.OnlyProject.IsZero() || len(actor.OnlyActions) != 0 {
		t.Errorf("%+v", actor)
	}
	page, err := h.Tokens(h.as(made.Secret), ListCredentials{})
	wantCode(t, err, "")
	if len(page.Items) != 1 || page.Items[0].Name != "ci" || !page.Items[0].Current {
		t.Errorf("%+v", page.Items)
	}
	_, err = h.RevokeToken(h.as(bob.Secret), RevokeCredential{ID: made.Token.ID})
	wantCode(t, err, "not_found")
	h.now = h.now.Add(time.Hour)
	if got := h.refusal(made.Secret); got != "auth.expired" {
		t.Errorf("an hour later: %q", got)
	}
	forever := h.token(ctx, CreateToken{})
	h.now = h.now.Add(100 * time.Hour)
	_, err = h.RevokeToken(h.as(forever.Secret), RevokeCredential{ID: forever.Token.ID})
	wantCode(t, err, "")
	if got := h.refusal(forever.Secret); got != "auth.revoked" {
		t.Errorf("revoked: %q", got)
	}
}

func TestTokensAreChecked(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	past := h.now
	for name, c := range map[string]struct {
		in   CreateToken
		code string
	}{
		"no name":            {CreateToken{}, "tenancy.name"},
		"an unknown command": {CreateToken{Name: "x", Scopes: []string{"execution.submitt"}}, "token.scopes"},
		"an unknown group":   {CreateToken{Name: "x", Scopes: []string{"executions.*"}}, "token.scopes"},
		"in the past":        {CreateToken{Name: "x", ExpiresAt: &past}, "token.expired"},
		"two expiries":       {CreateToken{Name: "x", ExpiresAt: &past, Lasts: time.Hour}, "token.two_expiries"},
		"a foreign project":  {CreateToken{Name: "x", ProjectID: bob.Account.DefaultProject}, "not_found"},
		"no such project":    {CreateToken{Name: "x", ProjectID: ident.New()}, "not_found"},
	} {
		_, err := h.CreateToken(h.as(ada.Secret), c.in)
		t.Run(name, func(t *testing.T) { wantCode(t, err, c.code) })
	}
}

func TestANarrowTokenIsNarrow(t *testing.T) {
	h := open(t)
	ada := h.registered()
	reader := h.token(h.as(ada.Secret), CreateToken{Scopes: []string{"project.*", "token.create"}})
	ctx := h.as(reader.Secret)
	_, err := h.tenancy.Projects(ctx, tenancy.ListProjects{})
	wantCode(t, err, "")
	_, err = h.Me(ctx, GetMe{})
	wantCode(t, err, "token_scope")

	// It cannot make a wider one.
	for _, scopes := range [][]string{nil, {"execution.*"}, {"project.get", "me.get"}} {
		_, err = h.CreateToken(ctx, CreateToken{Name: "wider", Scopes: scopes})
		wantCode(t, err, "token_scope")
	}
	narrower := h.token(ctx, CreateToken{Scopes: []string{"project.get"}})
	if got := command.RequestFrom(h.as(narrower.Secret)).Actor.OnlyActions; !slices.Equal(got, []string{"project.get"}) {
		t.Error(got)
	}

	// One that is bound to a project reaches no account.
	bound := h.token(h.as(ada.Secret), CreateToken{ProjectID: ada.Account.DefaultProject})
	ctx = h.as(bound.Secret)
	if actor := command.RequestFrom(ctx).Actor; actor.OnlyProject != ada.Account.DefaultProject || actor.DefaultProject != actor.OnlyProject {
		t.Errorf("%+v", actor)
	}
	_, err = h.CreateToken(ctx, CreateToken{Name: "free"})
	wantCode(t, err, "not_found")
	_, err = h.Tokens(ctx, ListCredentials{})
	wantCode(t, err, "not_found")
	_, err = h.ChangePassword(ctx, ChangePassword{Current: secret.New(password), New: secret.New("something else")})
	wantCode(t, err, "not_found")
	me, err := h.Me(ctx, GetMe{})
	wantCode(t, err, "")
	if len(me.Organizations) != 0 || len(me.Projects) != 1 {
		t.Errorf("%+v", me)
	}
}

func TestWhatIsNoCredential(t *testing.T) {
	h := open(t)
	ada := h.registered()
	pat, session := h.token(h.as(ada.Secret), CreateToken{}).Secret.Reveal(), ada.Secret.Reveal()
	parsed, _ := secret.ParseToken(session)
	for name, c := range map[string]struct {
		kind CredentialKind
		text string
	}{
		"nothing":              {Session, ""},
		"noise":                {Session, "x"},
		"a session as a token": {APIToken, session},
		"a token as a session": {Session, pat},
		"a forged secret":      {Session, secret.NewToken(sessionToken, parsed.ID).Reveal()},
		"an unknown id":        {Session, secret.NewToken(sessionToken, ident.New()).Reveal()},
		"a cut token":          {APIToken, pat[:len(pat)-1]},
	} {
		t.Run(name, func(t *testing.T) {
			actor, err := h.known.Actor(t.Context(), c.kind, c.text)
			wantCode(t, err, "auth.unknown_credential")
			if actor.Kind != "" || fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%+v, %v", actor, err)
			}
		})
	}
}

func TestAnActorHasItsMemberships(t *testing.T) {
	h := open(t)
	ada, bob := h.registered(), h.registered()
	theirs := command.RequestFrom(h.as(bob.Secret)).Actor
	organization := theirs.Projects[bob.Account.DefaultProject].Organization
	_, err := h.tenancy.SetOrganizationMember(h.as(bob.Secret), tenancy.SetOrganizationMember{OrganizationID: organization, UserID: ada.Account.ID, Role: tenancy.Member})
	wantCode(t, err, "")
	_, err = h.tenancy.SetProjectMember(h.as(bob.Secret), tenancy.SetProjectMember{ProjectID: bob.Account.DefaultProject, UserID: ada.Account.ID, Role: tenancy.ProjectViewer})
	wantCode(t, err, "")
	actor := command.RequestFrom(h.as(ada.Secret)).Actor
	if len(actor.Organizations) != 2 || actor.Organizations[organization] != tenancy.Member || len(actor.Projects) != 2 ||
		actor.Projects[bob.Account.DefaultProject] != (command.Membership{Organization: organization, Role: tenancy.ProjectViewer}) ||
		actor.DefaultProject != ada.Account.DefaultProject {
		t.Errorf("%+v", actor)
	}
}

func TestLastUseIsStoredToTheMinute(t *testing.T) {
	h := open(t)
	ada := h.registered()
	stored := func() *time.Time {
		t.Helper()
		page, err := h.Sessions(h.as(ada.Secret), ListCredentials{})
		wantCode(t, err, "")
		return page.Items[0].LastUsedAt
	}
	if at := stored(); at != nil {
		t.Errorf("stored on the request's path: %v", at)
	}
	first := h.now
	wantCode(t, h.used.Write(t.Context()), "")
	h.now = h.now.Add(59 * time.Second)
	if at := stored(); at == nil || !at.Equal(first) {
		t.Errorf("%v", at)
	}
	wantCode(t, h.used.Write(t.Context()), "")
	if at := stored(); !at.Equal(first) {
		t.Errorf("written within the minute: %v", at)
	}
	h.now = h.now.Add(time.Second)
	stored()
	// The loop writes what is left when it ends.
	ctx, stop := context.WithCancel(t.Context())
	stop()
	h.used.Run(ctx)
	if at := stored(); !at.Equal(h.now) {
		t.Errorf("%v", at)
	}
}

func TestEndedCredentialsAreForgotten(t *testing.T) {
	h := open(t)
	ada := h.registered()
	keep := h.token(h.as(ada.Secret), CreateToken{})
	_, err := h.SignOut(h.as(ada.Secret), SignOut{})
	wantCode(t, err, "")
	count := func() int {
		n, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM credential WHERE account_id = $1`, ada.Account.ID)
		wantCode(t, err, "")
		return n
	}
	wantCode(t, Forget(t.Context(), h.db, h.now.Add(KeepEnded)), "")
	if count() != 2 {
		t.Error("forgotten too early")
	}
	wantCode(t, Forget(t.Context(), h.db, h.now.Add(KeepEnded+time.Second)), "")
	if count() != 1 || h.refusal(keep.Secret) != "" {
		t.Errorf("%d left", count())
	}
}
