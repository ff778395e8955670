package tenancy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func (h *house) invite(by ident.ID, place Place, email string, role permission.Role) InvitationCreatedOnce {
	h.t.Helper()
	made, err := h.CreateInvitation(h.as(by), CreateInvitation{OrganizationID: place.Organization, Email: email, Role: role})
	wantCode(h.t, err, "")
	return made
}

func TestAcceptInvitation(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	guest := ident.New()
	made := h.invite(owner, place, strings.ToUpper(emailOf(guest)), Admin)

	_, err := h.AcceptInvitation(h.as(ident.New()), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "invitation.other_address")
	o, err := h.AcceptInvitation(h.as(guest), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "")
	if o.ID != place.Organization || o.Role != Admin {
		t.Errorf("%+v", o)
	}
	_, err = h.AcceptInvitation(h.as(guest), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "invitation.over")
	if email, err := pg.One[string](t.Context(), h.db, `SELECT email FROM invitation WHERE id = $1`, made.Invitation.ID); err != nil || email != "" {
		t.Errorf("the address is still stored: %q, %v", email, err)
	}
	if got := h.eventTypes(made.Invitation.ID); !cmp.Equal(got, []string{"invitation.created.v1", "invitation.accepted.v1"}) {
		t.Error(got)
	}
}

func TestBadInvitationLinks(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	guest := ident.New()
	made := h.invite(owner, place, emailOf(guest), Member)
	forged := secret.NewToken(invitationToken, made.Invitation.ID)
	unknown := secret.NewToken(invitationToken, ident.New())
	otherKind := secret.NewToken("pat", made.Invitation.ID)
	for name, link := range map[string]string{"nothing": "", "noise": "stoa_invitation_x", "forged": forged.Reveal(), "unknown": unknown.Reveal(), "of another kind": otherKind.Reveal()} {
		_, err := h.AcceptInvitation(h.as(guest), AcceptInvitation{Link: secret.New(link)})
		t.Run(name, func(t *testing.T) { wantCode(t, err, "invitation.unknown") })
	}
	machine := command.RequestFrom(h.as(guest)).Actor
	machine.Kind = command.ServiceAccount
	_, err := h.AcceptInvitation(h.with(machine), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "invitation.not_a_person")

	h.now = h.now.Add(InvitationLifetime)
	_, err = h.AcceptInvitation(h.as(guest), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "invitation.over")
	page, err := h.Invitations(h.as(owner), ListInvitations{OrganizationID: place.Organization})
	wantCode(t, err, "")
	if len(page.Items) != 0 {
		t.Errorf("expired, and listed: %+v", page.Items)
	}
}

func TestRevokeInvitation(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	guest := ident.New()
	made := h.invite(owner, place, emailOf(guest), Member)
	if page, err := h.Invitations(h.as(owner), ListInvitations{OrganizationID: place.Organization}); err != nil || len(page.Items) != 1 {
		t.Errorf("%v, %v", page, err)
	}
	_, err := h.RevokeInvitation(h.as(h.member(place, Member, "")), RevokeInvitation{ID: made.Invitation.ID})
	wantCode(t, err, "denied")
	_, err = h.RevokeInvitation(h.as(owner), RevokeInvitation{ID: made.Invitation.ID})
	wantCode(t, err, "")
	_, err = h.RevokeInvitation(h.as(owner), RevokeInvitation{ID: made.Invitation.ID})
	wantCode(t, err, "invitation.ended")
	_, err = h.AcceptInvitation(h.as(guest), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "invitation.over")
}

func TestAnAdminInvitesNoOwner(t *testing.T) {
	h := open(t)
	_, place := h.settler()
	admin := h.member(place, Admin, "")
	_, err := h.CreateInvitation(h.as(admin), CreateInvitation{OrganizationID: place.Organization, Email: "a@example.org", Role: Owner})
	wantCode(t, err, "tenancy.above_own_role")
}

func TestAnInvitationDoesNotDemote(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	made := h.invite(owner, place, emailOf(owner), Member)
	o, err := h.AcceptInvitation(h.as(owner), AcceptInvitation{Link: made.Secret})
	wantCode(t, err, "")
	if o.Role != Owner {
		t.Errorf("the owner became %s", o.Role)
	}
}

func TestAnInvitationWorksOnceUnderConcurrency(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	made := h.invite(owner, place, "many@example.org", Member)
	errs := make([]error, 8)
	pgtest.Crowd(t, h.db, len(errs), `SELECT FROM invitation WHERE id = $1 FOR UPDATE`, made.Invitation.ID, func(i int) {
		errs[i] = h.within(func(ctx context.Context, tx *command.Tx) error {
			_, err := Join(ctx, tx, made.Secret, ident.New(), "many@example.org")
			return err
		})
	})
	joined := 0
	for _, err := range errs {
		if err == nil {
			joined++
			continue
		}
		wantCode(t, err, "invitation.over")
	}
	page, err := h.OrganizationMembers(h.as(owner), ListOrganizationMembers{OrganizationID: place.Organization})
	if err != nil || joined != 1 || len(page.Items) != 2 {
		t.Errorf("%d joined, %d members, %v", joined, len(page.Items), err)
	}
}

func TestInvitationTransitions(t *testing.T) {
	legal := map[InvitationStatus][]InvitationStatus{Pending: {Accepted, Revoked}}
	for _, from := range InvitationStatuses() {
		for _, to := range InvitationStatuses() {
			want := cmp.Equal(from, Pending) && (to == legal[Pending][0] || to == legal[Pending][1])
			if from.CanBecome(to) != want {
				t.Errorf("%s → %s: %v", from, to, !want)
			}
		}
	}
}

func TestASecretAnswerIsNotKept(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	request := *command.RequestFrom(h.as(owner))
	request.IdempotencyKey = "once-" + owner.String()
	ctx := command.WithRequest(t.Context(), &request)
	in := CreateInvitation{OrganizationID: place.Organization, Email: "k@example.org", Role: Member}
	first, err := h.CreateInvitation(ctx, in)
	wantCode(t, err, "")
	again, err := h.CreateInvitation(ctx, in)
	wantCode(t, err, "")
	if first.Secret.Equal(again.Secret) || again.Secret.Reveal() == "***" || again.Invitation.ExpiresAt.Sub(h.now) != 7*24*time.Hour {
		t.Error("a repeated request got no secret of its own")
	}
	if n, err := pg.One[int](t.Context(), h.db, `SELECT count(*) FROM idempotency WHERE actor_id = $1`, owner); err != nil || n != 0 {
		t.Errorf("%d answers kept, %v", n, err)
	}
}
