package identity

import (
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

func TestRegister(t *testing.T) {
	h := open(t)
	in := h.registered()
	me, err := h.Me(h.as(in.Secret), GetMe{})
	wantCode(t, err, "")
	if len(me.Organizations) != 1 || len(me.Projects) != 1 || !me.Organizations[0].Personal ||
		me.Organizations[0].Role != tenancy.Owner || me.Projects[0].Role != tenancy.ProjectManager ||
		me.DefaultProject != me.Projects[0].ID || len(me.PlatformRoles) != 0 || me.Credential.Kind != Session {
		t.Errorf("%+v", me)
	}
	_, err = h.Register(t.Context(), Register{Newcomer: newcomer(in.Account.Email)})
	wantCode(t, err, "auth.email_taken")
}

func TestRegistrationIsChecked(t *testing.T) {
	h := open(t)
	email := uniqueEmail()
	for name, c := range map[string]struct {
		in   Newcomer
		code string
	}{
		"no address":              {Newcomer{Email: "ada", Name: "Ada", Password: secret.New(password)}, "email"},
		"no name":                 {Newcomer{Email: email, Password: secret.New(password)}, "tenancy.name"},
		"no password":             {Newcomer{Email: email, Name: "Ada"}, "password.size"},
		"a short password":        {Newcomer{Email: email, Name: "Ada", Password: secret.New("nine char")}, "password.short"},
		"the address as password": {Newcomer{Email: email, Name: "Ada", Password: secret.New(email)}, "password.is_address"},
	} {
		_, err := h.Register(t.Context(), Register{Newcomer: c.in})
		t.Run(name, func(t *testing.T) { wantCode(t, err, c.code) })
	}
}

func TestWhoMayRegister(t *testing.T) {
	h := open(t)
	owner := h.registered()
	organization := command.RequestFrom(h.as(owner.Secret)).Actor.Projects[owner.Account.DefaultProject].Organization
	invite := func(email string) secret.String {
		t.Helper()
		made, err := h.tenancy.CreateInvitation(h.as(owner.Secret), tenancy.CreateInvitation{OrganizationID: organization, Email: email, Role: tenancy.Member})
		wantCode(t, err, "")
		return made.Secret
	}
	register := func(mode Registration, email string, invitation secret.String) (SignedInOnce, error) {
		h.policy.Registration = mode
		defer func() { h.policy.Registration = Open }()
		return h.Register(t.Context(), Register{Newcomer: newcomer(email), Invitation: invitation})
	}
	guest := uniqueEmail()
	link := invite(guest)
	for name, c := range map[string]struct {
		mode       Registration
		invitation secret.String
		code       string
	}{
		"closed":                    {Closed, secret.String{}, "auth.registration_closed"},
		"closed, with a link":       {Closed, link, "auth.registration_closed"},
		"a mode nobody knows":       {"?", secret.String{}, "auth.registration_closed"},
		"invited, without a link":   {Invited, secret.String{}, "auth.registration_invited"},
		"invited, with a bad link":  {Invited, secret.New("stoa_invitation_x"), "invitation.unknown"},
		"invited, somebody else":    {Invited, link, "invitation.other_address"},
		"open, with somebody's one": {Open, link, "invitation.other_address"},
	} {
		_, err := register(c.mode, uniqueEmail(), c.invitation)
		t.Run(name, func(t *testing.T) { wantCode(t, err, c.code) })
	}
	in, err := register(Invited, guest, link)
	wantCode(t, err, "")
	if role := command.RequestFrom(h.as(in.Secret)).Actor.Organizations[organization]; role != tenancy.Member {
		t.Errorf("the guest is %q", role)
	}
	_, err = register(Invited, uniqueEmail(), link)
	wantCode(t, err, "invitation.over")
	mode, err := h.Registration(t.Context(), GetRegistration{})
	if err != nil || mode != Open {
		t.Errorf("%v, %v", mode, err)
	}
}

func TestARefusedRegistrationLeavesNothing(t *testing.T) {
	h := open(t)
	email := uniqueEmail()
	_, err := h.Register(t.Context(), Register{Newcomer: newcomer(email), Invitation: secret.New("bad")})
	wantCode(t, err, "invitation.unknown")
	if n, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM account WHERE email = $1`, email); err != nil || n != 0 {
		t.Errorf("%d accounts, %v", n, err)
	}
	if _, err := h.signInAs(email, password); err == nil {
		t.Error("signed in")
	}
}

func TestOneAddressRegistersOnceUnderConcurrency(t *testing.T) {
	h := open(t)
	email := uniqueEmail()
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = h.Register(t.Context(), Register{Newcomer: newcomer(email)}) })
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
			continue
		}
		wantCode(t, err, "auth.email_taken")
	}
	if made != 1 {
		t.Errorf("%d accounts", made)
	}
}

func TestPeopleAreDescribed(t *testing.T) {
	h := open(t)
	ada := h.registered().Account
	got, err := People{}.People(t.Context(), h.db, []ident.ID{ada.ID, ident.New()})
	if err != nil || len(got) != 1 || got[ada.ID].Email != ada.Email || got[ada.ID].Name != "Ada" || got[ada.ID].ServiceAccount {
		t.Errorf("%v, %v", got, err)
	}
}
