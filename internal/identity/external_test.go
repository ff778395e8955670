package identity

import (
	"maps"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// providers are the commands about issuers, none of which is asked anything.
func (h *house) providers() *Providers {
	return NewProviders(ProviderNeeds{Runner: h.runner, Settings: h, Home: func() string { return "https://stoa.example.org" }})
}

func (h *house) says(subject, email string, more map[string]any) Claims {
	all := map[string]any{"email": email, "email_verified": true}
	maps.Copy(all, more)
	h.now = h.now.Add(time.Second)
	return Claims{Issuer: "https://id.example.org", Subject: subject, IssuedAt: h.now, All: all}
}

func (h *house) accountOf(identity ident.ID) ident.ID {
	h.t.Helper()
	account, err := pg.One[ident.ID](h.t.Context(), h.db, `SELECT account_id FROM external_identity WHERE id = $1`, identity)
	if err != nil {
		h.t.Fatal(err)
	}
	return account
}

func TestAnAddressGivesAnAccountOnlyWhereItIsTrustedAndEndsAllThatOpenedIt(t *testing.T) {
	h := open(t)
	s, in := h.providers(), h.registered()
	token := h.token(h.as(in.Secret), CreateToken{})
	claims := h.says(ident.New().String(), in.Account.Email, nil)
	p := Provider{ID: ident.New(), Title: "Example", Issuer: claims.Issuer, Registration: AdmitAll}
	_, err := s.accept(t.Context(), acceptToken{p, claims})
	wantCode(t, err, "auth.email_taken")

	p.TrustsEmail = true
	unverified := h.says(claims.Subject, in.Account.Email, map[string]any{"email_verified": false})
	_, err = s.accept(t.Context(), acceptToken{p, unverified})
	wantCode(t, err, "auth.email_taken")

	identity, err := s.accept(t.Context(), acceptToken{p, claims})
	if err != nil || h.accountOf(identity) != in.Account.ID {
		t.Fatal(identity, err)
	}
	if h.refusal(in.Secret) != "auth.revoked" || h.refusal(token.Secret) != "auth.revoked" {
		t.Error("what was opened before is open")
	}
	_, err = h.signInAs(in.Account.Email, password)
	wantCode(t, err, "auth.wrong_credentials")
	h.eventTypes(in.Account.ID)

	if _, err := h.db.Exec(t.Context(), `UPDATE account SET platform_roles = '{platform.operator}' WHERE id = $1`, in.Account.ID); err != nil {
		t.Fatal(err)
	}
	_, err = s.accept(t.Context(), acceptToken{p, h.says(ident.New().String(), in.Account.Email, nil)})
	wantCode(t, err, "auth.email_taken")
}

func TestRulesTakeOnlyWhatRulesGave(t *testing.T) {
	h := open(t)
	s, owner := h.providers(), h.registered()
	made, err := h.tenancy.CreateOrganization(h.as(owner.Secret), tenancy.CreateOrganization{Name: "Works " + ident.New().String()})
	if err != nil {
		t.Fatal(err)
	}
	p := Provider{ID: ident.New(), Title: "Example", Issuer: "https://id.example.org", Registration: AdmitMatched, Rules: []Rule{
		{Claim: "realm.roles", Value: "staff", OrganizationID: made.ID, Role: tenancy.Member},
		{Claim: "realm.roles", Value: "lead", OrganizationID: made.ID, Role: tenancy.Admin},
	}}
	subject, email := ident.New().String(), uniqueEmail()
	roles := func(names ...any) map[string]any { return map[string]any{"realm": map[string]any{"roles": names}} }
	role := func(account ident.ID) permission.Role {
		t.Helper()
		rows, err := pg.All[permission.Role](t.Context(), h.db, `SELECT role FROM organization_member WHERE organization_id = $1 AND user_id = $2`, made.ID, account)
		if err != nil {
			t.Fatal(err)
		}
		return append(rows, "")[0]
	}
	_, err = s.accept(t.Context(), acceptToken{p, h.says(subject, email, roles("visitor"))})
	wantCode(t, err, "auth.provider_not_admitted")
	old := h.says(subject, email, roles())
	var account ident.ID
	follow := func(what string, c Claims, want permission.Role) {
		t.Helper()
		identity, err := s.accept(t.Context(), acceptToken{p, c})
		if err != nil {
			t.Fatal(what, err)
		}
		account = h.accountOf(identity)
		if got := role(account); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	follow("the highest counts", h.says(subject, email, roles("staff", "lead")), tenancy.Admin)
	follow("less", h.says(subject, email, roles("staff")), tenancy.Member)
	follow("an older token", old, tenancy.Member)
	follow("a token that leaves it out", h.says(subject, email, nil), tenancy.Member)
	follow("nothing", h.says(subject, email, roles()), "")
	follow("again", h.says(subject, email, roles("staff")), tenancy.Member)
	byHand := tenancy.SetOrganizationMember{OrganizationID: made.ID, UserID: account, Role: tenancy.Admin}
	if _, err := h.tenancy.SetOrganizationMember(h.as(owner.Secret), byHand); err != nil {
		t.Fatal(err)
	}
	follow("changed by hand", h.says(subject, email, roles("staff")), tenancy.Admin)
	follow("changed by hand, and gone there", h.says(subject, email, roles()), tenancy.Admin)
	h.eventTypes(account)

	list, err := s.Identities(command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.User, ID: account}}), ListIdentities{})
	if err != nil || len(list) != 1 || list[0].Subject != subject {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = s.Unlink(command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.User, ID: account}}), UnlinkIdentity{ID: list[0].ID})
	wantCode(t, err, "auth.last_way_in")
}
