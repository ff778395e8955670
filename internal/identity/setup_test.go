package identity

import (
	"slices"
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

func (h *house) setupNeeded() bool {
	h.t.Helper()
	got, err := h.SetupNeeded(h.t.Context(), GetSetup{})
	if err != nil {
		h.t.Fatal(err)
	}
	return got.Needed
}

func (h *house) openSetup(kept secret.String) SetupLink {
	h.t.Helper()
	link, err := h.OpenSetup(command.AsSystem(h.t.Context(), "boot"), OpenSetup{Kept: kept})
	if err != nil {
		h.t.Fatal(err)
	}
	return link
}

func TestSetUp(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	h.policy.Registration = Closed
	if !h.setupNeeded() {
		t.Error("a new installation needs no set-up")
	}
	_, err := h.SetUp(t.Context(), SetUp{Newcomer: newcomer("a@example.org")})
	wantCode(t, err, "setup.link") // none was given out yet

	first := h.openSetup(secret.String{})
	if again := h.openSetup(first.Token); !again.Needed || !again.Token.Equal(first.Token) {
		t.Error("the kept link does not last")
	}
	second := h.openSetup(secret.String{}) // the file was lost
	if !second.Needed || second.Token.Equal(first.Token) {
		t.Error("there is no new link")
	}
	_, err = h.SetUp(t.Context(), SetUp{Newcomer: newcomer("a@example.org"), Token: first.Token})
	wantCode(t, err, "setup.link")
	_, err = h.SetUp(t.Context(), SetUp{Newcomer: newcomer("a@example"), Token: second.Token})
	wantCode(t, err, "")
	if h.setupNeeded() {
		t.Error("set-up is still needed")
	}
	if link := h.openSetup(second.Token); link.Needed || !link.Token.IsEmpty() {
		t.Errorf("%+v", link)
	}
	_, err = h.SetUp(t.Context(), SetUp{Newcomer: newcomer("b@example.org"), Token: second.Token})
	wantCode(t, err, "setup.done")
}

func TestOnlyStoaItselfOpensSetup(t *testing.T) {
	h := open(t)
	_, err := h.OpenSetup(h.as(h.registered().Secret), OpenSetup{})
	wantCode(t, err, "denied")
	_, err = h.EnsureLocalOperator(t.Context(), EnsureLocalOperator{User: "root"})
	wantCode(t, err, "unauthenticated")
}

func TestSetUpHappensOnce(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	link := h.openSetup(secret.String{})
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = h.SetUp(t.Context(), SetUp{Newcomer: newcomer(uniqueEmail()), Token: link.Token}) })
	}
	all.Wait()
	operators := 0
	for _, err := range errs {
		if err == nil {
			operators++
			continue
		}
		wantCode(t, err, "setup.done")
	}
	if operators != 1 {
		t.Errorf("%d first administrators", operators)
	}
}

func TestTheFirstAdministratorSharesHomeWithTheLocalOperator(t *testing.T) {
	for name, localFirst := range map[string]bool{"stoad up": true, "stoad serve": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, pgtest.Clone(t))
			var local LocalOperator
			ensure := func() {
				var err error
				local, err = h.EnsureLocalOperator(command.AsSystem(t.Context(), "boot"), EnsureLocalOperator{User: "root"})
				wantCode(t, err, "")
			}
			if localFirst {
				ensure()
			}
			in, err := h.SetUp(t.Context(), SetUp{Newcomer: newcomer("a@example.org"), Token: h.openSetup(secret.String{}).Token})
			wantCode(t, err, "")
			if !localFirst {
				ensure()
			}
			admin, operator := command.RequestFrom(h.as(in.Secret)).Actor, command.RequestFrom(h.as(local.Token)).Actor
			for _, actor := range []command.Actor{admin, operator} {
				scope, err := tenancy.WorkScope(t.Context(), h.db, actor, ident.ID{})
				wantCode(t, err, "")
				roles := actor.RolesIn(scope)
				if !slices.Contains(roles, tenancy.Operator) || !slices.Contains(roles, tenancy.Owner) || scope.Project != local.Project {
					t.Errorf("%s: %v in %v", actor.Kind, roles, scope)
				}
			}
			if operator.Kind != command.ServiceAccount {
				t.Errorf("%+v", operator)
			}
			me, err := h.Me(h.as(local.Token), GetMe{})
			wantCode(t, err, "")
			if me.Account.Email != "" || me.Account.Name != "Local operator" || len(me.Projects) != 1 {
				t.Errorf("%+v", me)
			}
			_, err = h.ChangePassword(h.as(local.Token), ChangePassword{Current: secret.New(password), New: secret.New(password)})
			wantCode(t, err, "password.none")
		})
	}
}

func TestTheLocalOperatorKeepsOneTokenPerUser(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	ensure := func(user string, kept secret.String) secret.String {
		t.Helper()
		local, err := h.EnsureLocalOperator(command.AsSystem(t.Context(), "boot"), EnsureLocalOperator{User: user, Kept: kept})
		wantCode(t, err, "")
		return local.Token
	}
	first := ensure("root", secret.String{})
	if !ensure("root", first).Equal(first) {
		t.Error("a kept token was replaced")
	}
	other := ensure("ada", secret.String{})
	second := ensure("root", secret.String{}) // the file was lost: what lies there is worth nothing
	if got := h.refusal(first); got != "auth.revoked" {
		t.Errorf("the lost token: %q", got)
	}
	if h.refusal(second) != "" || h.refusal(other) != "" {
		t.Error("the others do not hold")
	}
	parsed, err := secret.ParseToken(second.Reveal())
	wantCode(t, err, "")
	if forged := secret.New(secret.NewToken(apiToken, parsed.ID).Reveal()); ensure("ada", forged).Equal(forged) {
		t.Error("a forged token was kept")
	}
	// Somebody else's token in the file does not make them the local operator.
	stranger := h.token(h.as(h.registered().Secret), CreateToken{}).Secret
	if ensure("root", stranger).Equal(stranger) {
		t.Error("a stranger's token was kept")
	}
}
