package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// Slice is every command and query of tenancy, bound.
type Slice struct {
	CreateOrganization       command.Func[CreateOrganization, Organization]
	RenameOrganization       command.Func[RenameOrganization, Organization]
	SetOrganizationMember    command.Func[SetOrganizationMember, Seat]
	RemoveOrganizationMember command.Func[RemoveOrganizationMember, struct{}]
	CreateUnit               command.Func[CreateUnit, Unit]
	UpdateUnit               command.Func[UpdateUnit, Unit]
	DeleteUnit               command.Func[DeleteUnit, struct{}]
	CreateInvitation         command.Func[CreateInvitation, InvitationCreatedOnce]
	RevokeInvitation         command.Func[RevokeInvitation, struct{}]
	AcceptInvitation         command.Func[AcceptInvitation, Organization]

	CreateProject       command.Func[CreateProject, Project]
	UpdateProject       command.Func[UpdateProject, Project]
	ArchiveProject      command.Func[ArchiveProject, Project]
	RestoreProject      command.Func[RestoreProject, Project]
	SetProjectMember    command.Func[SetProjectMember, Seat]
	RemoveProjectMember command.Func[RemoveProjectMember, struct{}]

	Organizations       command.Func[ListOrganizations, Page[Organization]]
	Organization        command.Func[GetOrganization, Organization]
	OrganizationMembers command.Func[ListOrganizationMembers, Page[Seat]]
	Units               command.Func[ListUnits, []Unit]
	Invitations         command.Func[ListInvitations, Page[Invitation]]
	Projects            command.Func[ListProjects, Page[Project]]
	Project             command.Func[GetProject, Project]
	ProjectMembers      command.Func[ListProjectMembers, Page[Seat]]
}

// desk holds what the handlers need besides the transaction.
type desk struct{ people People }

// New binds tenancy's commands and queries to the runner.
func New(r *command.Runner, people People) *Slice {
	d := desk{people: people}
	return &Slice{
		CreateOrganization:       bind(r, "organization.create", nowhere, d.createOrganization),
		RenameOrganization:       bind(r, "organization.rename", inOrganization, d.renameOrganization),
		SetOrganizationMember:    bind(r, "organization.set_member", inOrganization, d.setOrganizationMember),
		RemoveOrganizationMember: bind(r, "organization.remove_member", leavingOrganization, d.removeOrganizationMember),
		CreateUnit:               bind(r, "unit.create", inOrganization, d.createUnit),
		UpdateUnit:               bind(r, "unit.update", inUnit, d.updateUnit),
		DeleteUnit:               bind(r, "unit.delete", inUnit, d.deleteUnit),
		CreateInvitation:         unkept(bind(r, "invitation.create", inOrganization, d.createInvitation)),
		RevokeInvitation:         bind(r, "invitation.revoke", inInvitation, d.revokeInvitation),
		AcceptInvitation:         bind(r, "invitation.accept", nowhere, d.acceptInvitation),
		CreateProject:            bind(r, "project.create", inChosenOrganization, d.createProject),
		UpdateProject:            bind(r, "project.update", inProject, d.updateProject),
		ArchiveProject:           bind(r, "project.archive", inProject, d.archiveProject),
		RestoreProject:           bind(r, "project.restore", inProject, d.restoreProject),
		SetProjectMember:         bind(r, "project.set_member", inProject, d.setProjectMember),
		RemoveProjectMember:      bind(r, "project.remove_member", leavingProject, d.removeProjectMember),

		Organizations:       query(r, "organization.list", nowhere, d.listOrganizations),
		Organization:        query(r, "organization.get", inOrganization, d.getOrganization),
		OrganizationMembers: query(r, "organization.members", inOrganization, d.listOrganizationMembers),
		Units:               query(r, "unit.list", inOrganization, d.listUnits),
		Invitations:         query(r, "invitation.list", inOrganization, d.listInvitations),
		Projects:            query(r, "project.list", nowhere, d.listProjects),
		Project:             query(r, "project.get", inProject, d.getProject),
		ProjectMembers:      query(r, "project.members", inProject, d.listProjectMembers),
	}
}

func bind[C, R any](r *command.Runner, name string, find finder[C], handle command.Handler[C, R]) command.Func[C, R] {
	return command.Bind(r, command.Spec[C]{Name: name, Scope: find.forCommand}, handle)
}

func query[Q, R any](r *command.Runner, name string, find finder[Q], read func(context.Context, command.Query, Q) (R, error)) command.Func[Q, R] {
	return command.BindQuery(r, command.QuerySpec[Q]{Name: name, Scope: find}, read)
}

// unkept is for answers that carry a secret.
func unkept[C, R any](f command.Func[C, R]) command.Func[C, R] {
	return func(ctx context.Context, in C) (R, error) { return f(command.Unkept(ctx), in) }
}
