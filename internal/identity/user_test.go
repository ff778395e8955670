package identity

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// elsewhere refuses to forget whoever is busy, and remembers who was forgotten.
func (h *house) elsewhere() Elsewhere {
	return Elsewhere{
		Mail: h.mail,
		Activity: func(context.Context, pg.Querier, ident.ID) (Activity, error) {
			return Activity{Executions: map[string]int64{"completed": 3}, CPUMS: 7}, nil
		},
		Forget: func(_ context.Context, _ *command.Tx, user ident.ID, work bool) error {
			if h.busy == user {
				return fault.New(fault.Conflict, "user.busy", "Busy.")
			}
			h.forgotten, h.forgottenWork = user, work
			return nil
		},
	}
}

// asOperator is a context of somebody who runs the installation, beside its local operator.
func (h *house) asOperator() context.Context {
	return command.WithRequest(h.t.Context(), &command.Request{CorrelationID: h.t.Name(), Actor: command.Actor{
		Kind: command.User, ID: ident.New(), Platform: []permission.Role{tenancy.Operator},
	}})
}

func TestUsersAreCreatedWithALinkAndWithoutAPassword(t *testing.T) {
	h := open(t)
	email := uniqueEmail()
	made, err := h.CreateUser(h.asOperator(), CreateUser{Email: strings.ToUpper(email), Name: "Grace"})
	wantCode(t, err, "")
	if made.User.Status() != UserInvited || made.User.Email != email {
		t.Errorf("made %+v", made.User)
	}
	_, err = h.CreateUser(h.asOperator(), CreateUser{Email: email, Name: "Grace"})
	wantCode(t, err, "user.email_taken")
	_, err = h.signInAs(email, password)
	wantCode(t, err, "auth.wrong_credentials")

	set := func(link secret.String, password string) error {
		_, err := h.SetPassword(t.Context(), SetPassword{Link: link, Password: secret.New(password)})
		return err
	}
	wantCode(t, set(made.Secret, "short"), "password.short")
	wantCode(t, set(secret.New(secret.NewToken("password", made.User.ID).Reveal()), password), "auth.password_link")
	wantCode(t, set(secret.New(secret.NewToken("password", ident.New()).Reveal()), password), "auth.password_link")
	wantCode(t, set(secret.New("nonsense"), password), "auth.password_link")
	wantCode(t, set(made.Secret, password), "")
	wantCode(t, set(made.Secret, password), "auth.password_link") // once
	in, err := h.signInAs(email, password)
	wantCode(t, err, "")
	me, err := h.Me(h.as(in.Secret), GetMe{})
	wantCode(t, err, "")
	if len(me.Projects) != 1 || me.DefaultProject != me.Projects[0].ID {
		t.Errorf("Grace works in %v", me.Projects)
	}
	got, err := h.User(h.asOperator(), GetUser{ID: made.User.ID})
	wantCode(t, err, "")
	if got.Status() != UserActive || got.LastSignInAt == nil || len(got.Sessions) != 1 || got.Activity.Executions["completed"] != 3 || len(got.Organizations) != 1 {
		t.Errorf("overview %+v", got)
	}
}

func TestALinkHoldsForItsTimeAndIsReplacedByTheNext(t *testing.T) {
	h := open(t)
	ada := h.registered()
	first, err := h.ResetPassword(h.asOperator(), ResetPassword{ID: ada.Account.ID})
	wantCode(t, err, "")
	if got := h.refusal(ada.Secret); got != "auth.revoked" {
		t.Errorf("the session after a reset: %q", got)
	}
	_, err = h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "auth.wrong_credentials")
	second, err := h.ResetPassword(h.asOperator(), ResetPassword{ID: ada.Account.ID})
	wantCode(t, err, "")
	_, err = h.SetPassword(t.Context(), SetPassword{Link: first.Secret, Password: secret.New(password)})
	wantCode(t, err, "auth.password_link")
	h.now = h.now.Add(resetFor)
	_, err = h.SetPassword(t.Context(), SetPassword{Link: second.Secret, Password: secret.New(password)})
	wantCode(t, err, "auth.password_link")
	_, err = h.ResetPassword(h.asOperator(), ResetPassword{ID: ident.New()})
	wantCode(t, err, "user.unknown")
}

func TestALockRefusesEverythingAtOnceAndSaysWhy(t *testing.T) {
	h := open(t)
	ada := h.registered()
	token := h.token(h.as(ada.Secret), CreateToken{}).Secret
	u, err := h.LockUser(h.asOperator(), LockUser{ID: ada.Account.ID, Reason: "left the company"})
	wantCode(t, err, "")
	if u.Status() != UserLocked || u.Sessions != 0 {
		t.Errorf("locked %+v", u)
	}
	for _, text := range []secret.String{ada.Secret, token} {
		if _, err := h.actor(text); !fault.Is(err, "auth.account_locked") || !strings.Contains(fault.Of(err).Message, "left the company") {
			t.Errorf("a credential of who is locked: %v", err)
		}
	}
	_, err = h.signInAs(ada.Account.Email, "something else")
	wantCode(t, err, "auth.wrong_credentials") // who does not know the password learns nothing
	_, err = h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "auth.account_locked")
	_, err = h.LockUser(h.asOperator(), LockUser{ID: ada.Account.ID})
	wantCode(t, err, "user.locked")

	_, err = h.UnlockUser(h.asOperator(), UnlockUser{ID: ada.Account.ID})
	wantCode(t, err, "")
	if got := h.refusal(ada.Secret); got != "auth.revoked" {
		t.Errorf("the session after unlocking: %q", got)
	}
	if got := h.refusal(token); got != "" {
		t.Errorf("the token after unlocking: %q", got)
	}
	_, err = h.signInAs(ada.Account.Email, password)
	wantCode(t, err, "")
	types := h.eventTypes(ada.Account.ID)
	if !slices.Contains(types, "user.locked.v1") || !slices.Contains(types, "user.unlocked.v1") {
		t.Error(types)
	}
}

func TestUsersAreFound(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	ada, grace := h.registered(), h.registered()
	_, err := h.LockUser(h.asOperator(), LockUser{ID: grace.Account.ID})
	wantCode(t, err, "")
	invited, err := h.CreateUser(h.asOperator(), CreateUser{Email: "new@example.org", Name: "100% New_"})
	wantCode(t, err, "")
	for want, in := range map[ident.ID]ListUsers{
		ada.Account.ID:   {Status: UserActive},
		grace.Account.ID: {Status: UserLocked},
		invited.User.ID:  {Find: "0% new_"},
	} {
		page, err := h.Users(h.asOperator(), in)
		wantCode(t, err, "")
		if len(page.Items) != 1 || page.Items[0].ID != want {
			t.Errorf("%+v finds %+v", in, page.Items)
		}
	}
	page, err := h.Users(h.asOperator(), ListUsers{Paging: tenancy.Paging{Limit: 2}})
	wantCode(t, err, "")
	if len(page.Items) != 2 || page.Next != page.Items[1].ID {
		t.Errorf("a page of %d, next %s", len(page.Items), page.Next)
	}
	_, err = h.Users(h.asOperator(), ListUsers{Status: "asleep"})
	wantCode(t, err, "user.status")
	_, err = h.Users(h.as(ada.Secret), ListUsers{})
	wantCode(t, err, "denied")
}

func TestWhoIsDeletedIsForgotten(t *testing.T) {
	h := open(t)
	ada := h.registered()
	h.token(h.as(ada.Secret), CreateToken{})
	h.busy = ada.Account.ID
	_, err := h.DeleteUser(h.asOperator(), DeleteUser{ID: ada.Account.ID})
	wantCode(t, err, "user.busy")
	h.busy = ident.ID{}
	_, err = h.DeleteUser(h.asOperator(), DeleteUser{ID: ada.Account.ID, Work: true})
	wantCode(t, err, "")
	if h.forgotten != ada.Account.ID || !h.forgottenWork {
		t.Error("the other slices were not told")
	}
	if got := h.refusal(ada.Secret); got != "auth.unknown_credential" {
		t.Errorf("the session: %q", got)
	}
	_, err = h.User(h.asOperator(), GetUser{ID: ada.Account.ID})
	wantCode(t, err, "user.unknown")
	seats, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM organization_member WHERE user_id = $1`, ada.Account.ID)
	wantCode(t, err, "")
	if seats != 0 {
		t.Errorf("%d memberships are left", seats)
	}
	if types := h.eventTypes(ada.Account.ID); types[len(types)-1] != "user.deleted.v1" {
		t.Error(types)
	}
	in, err := h.Register(t.Context(), Register{Newcomer: newcomer(ada.Account.Email)})
	wantCode(t, err, "") // the address is free
	h.owns(in)
}

// owns checks that the last owner of what others use cannot be deleted.
func (h *house) owns(in SignedInOnce) {
	h.t.Helper()
	o, err := h.tenancy.CreateOrganization(h.as(in.Secret), tenancy.CreateOrganization{Name: "Acme " + in.Account.ID.String()})
	wantCode(h.t, err, "")
	_, err = h.DeleteUser(h.asOperator(), DeleteUser{ID: in.Account.ID})
	wantCode(h.t, err, "user.last_owner")
	if err == nil || !strings.Contains(fault.Of(err).Message, o.Name) {
		h.t.Errorf("the refusal does not name the organization: %v", err)
	}
}

func TestTheLastOperatorAndOneselfStay(t *testing.T) {
	h := newHouse(t, pgtest.Clone(t))
	made, err := h.CreateUser(h.asOperator(), CreateUser{Email: uniqueEmail(), Name: "Op", Operator: true})
	wantCode(t, err, "")
	_, err = h.SetPassword(t.Context(), SetPassword{Link: made.Secret, Password: secret.New(password)})
	wantCode(t, err, "")
	in, err := h.signInAs(made.User.Email, password)
	wantCode(t, err, "")
	for ctx, code := range map[context.Context]string{h.asOperator(): "user.last_operator", h.as(in.Secret): "user.yourself"} {
		_, locking := h.LockUser(ctx, LockUser{ID: made.User.ID})
		_, deleting := h.DeleteUser(ctx, DeleteUser{ID: made.User.ID})
		for _, err := range []error{locking, deleting} {
			wantCode(t, err, code)
		}
	}
	yes, no, note := true, false, "on call"
	_, err = h.UpdateUser(h.asOperator(), UpdateUser{ID: made.User.ID, Operator: &no})
	wantCode(t, err, "user.last_operator")
	ada := h.registered()
	u, err := h.UpdateUser(h.asOperator(), UpdateUser{ID: ada.Account.ID, Operator: &yes, Note: &note})
	wantCode(t, err, "")
	if actor, err := h.actor(ada.Secret); err != nil || !slices.Contains(actor.Platform, tenancy.Operator) || u.Note != note {
		t.Errorf("appointed %+v, %v", u, err)
	}
	u, err = h.UpdateUser(h.asOperator(), UpdateUser{ID: ada.Account.ID, Operator: &no})
	wantCode(t, err, "")
	if actor, err := h.actor(ada.Secret); err != nil || len(actor.Platform) != 0 || u.Note != note {
		t.Errorf("dismissed %+v, %v", u, err)
	}
	// One who has set no password yet does not count.
	second, err := h.CreateUser(h.asOperator(), CreateUser{Email: uniqueEmail(), Name: "Op 2", Operator: true})
	wantCode(t, err, "")
	_, err = h.LockUser(h.asOperator(), LockUser{ID: made.User.ID})
	wantCode(t, err, "user.last_operator")
	_, err = h.SetPassword(t.Context(), SetPassword{Link: second.Secret, Password: secret.New(password)})
	wantCode(t, err, "")
	_, err = h.DeleteUser(h.asOperator(), DeleteUser{ID: made.User.ID})
	wantCode(t, err, "")
}

// Whatever table refers to accounts must be emptied of somebody who is deleted.
func TestEveryTableThatRefersToAccountsIsForgotten(t *testing.T) {
	db := pgtest.Open(t)
	tables, err := pg.All[string](t.Context(), db, `
SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = 'account'::regclass AND contype = 'f' AND confdeltype <> 'c' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	var handled []string
	for _, sql := range goesWithAccount {
		handled = append(handled, strings.Fields(sql)[2])
	}
	for _, table := range tables {
		if !slices.Contains(handled, table) {
			t.Errorf("%s refers to accounts: delete its rows in goesWithAccount, or ON DELETE CASCADE", table)
		}
	}
	if diff := cmp.Diff("account", handled[len(handled)-1]); diff != "" {
		t.Error(diff)
	}
}

func TestAReasonIsShort(t *testing.T) {
	err := LockUser{Reason: strings.Repeat("x", maxReason+1)}.Validate()
	wantCode(t, err, "user.reason")
	if (User{LastSignInAt: &time.Time{}}).Status() != UserActive {
		t.Error("who came in without a password is no longer invited")
	}
}
