package tenancy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// stairs are roles of which each must be able to do what the one before it can, in
// the same scope. An operator is not the top of either: see notForOperators.
var stairs = [][]permission.Role{
	{permission.Anyone, permission.Authenticated},
	{ProjectViewer, ProjectMember, ProjectManager, Admin, Owner},
	{Member, Admin, Owner},
}

// notForOperators is what operators do not do in somebody else's project.
var notForOperators = []string{"execution.submit", "execution.batch", "execution.retry", "script.create", "file.begin", "file.upload"}

// may is what a caller with this role may do: everybody with a role is somebody.
func may(table permission.Table, name string, role permission.Role) bool {
	held := []permission.Role{permission.Anyone, role}
	if role != permission.Anyone {
		held = append(held, permission.Authenticated)
	}
	return table.Allows(name, held)
}

func TestHigherRolesMayDoMore(t *testing.T) {
	table := Permissions()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(table.Names()).Draw(t, "name")
		stair := rapid.SampledFrom(stairs).Draw(t, "stair")
		lower := rapid.IntRange(0, len(stair)-2).Draw(t, "lower")
		higher := rapid.IntRange(lower+1, len(stair)-1).Draw(t, "higher")
		if may(table, name, stair[lower]) && !may(table, name, stair[higher]) {
			t.Fatalf("%s: %s may, %s may not", name, stair[lower], stair[higher])
		}
	})
}

func TestOperatorsMayDoWhatMembersMay(t *testing.T) {
	table := Permissions()
	for _, name := range table.Names() {
		notForPeople := len(table[name]) == 1 && slices.Contains([]permission.Role{permission.Self, permission.System, permission.Agent}, table[name][0])
		want := !notForPeople && !slices.Contains(notForOperators, name)
		if may(table, name, Operator) != want {
			t.Errorf("%s: an operator may: %v", name, !want)
		}
	}
}

func TestViewersOnlyLook(t *testing.T) {
	reads := []string{"get", "list", "members", "watch", "output", "steps", "queue", "deliveries", "stream", "type", "types", "registration", "statistics", "actors", "export", "versions", "recording", "artefacts", "artefact", "artefacts.archive", "content", "received", "providers", "sign_out_url", "examples"}
	// What anybody may do outside of the project that they view.
	elsewhere := []string{"setup.complete", "auth.register", "auth.set_password", "auth.sign_in", "auth.sign_out", "auth.second_factor", "auth.passkey_begin", "auth.passkey", "device.start", "device.redeem", "organization.create", "invitation.accept", "node.admit", "auth.oidc_start", "auth.oidc_finish", "auth.oidc_logout", "auth.accept_token"}
	table := Permissions()
	for _, name := range table.Names() {
		_, verb, _ := strings.Cut(name, ".")
		if may(table, name, ProjectViewer) && !slices.Contains(reads, verb) && !slices.Contains(elsewhere, name) {
			t.Errorf("a viewer may %s", name)
		}
	}
}

func TestNothingIsForAnyoneButWhatMustBe(t *testing.T) {
	want := []string{
		"auth.accept_token",
		"auth.oidc_finish",
		"auth.oidc_logout",
		"auth.oidc_start",
		"auth.passkey",
		"auth.passkey_begin",
		"auth.providers",
		"auth.register",
		"auth.registration",
		"auth.second_factor",
		"auth.set_password",
		"auth.sign_in",
		"device.redeem",
		"device.start",
		"node.admit",
		"setup.complete",
		"setup.get",
	}
	var got []string
	table := Permissions()
	for _, name := range table.Names() {
		if may(table, name, permission.Anyone) {
			got = append(got, name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("without a credential one may %v, want %v", got, want)
	}
}

func TestTableUsesKnownRoles(t *testing.T) {
	known := slices.Concat(OrganizationRoles(), ProjectRoles(), []permission.Role{
		Operator, permission.Anyone, permission.Authenticated, permission.Self, permission.Agent, permission.System,
	})
	for name, roles := range Permissions() {
		if len(roles) == 0 {
			t.Errorf("%s: nobody may", name)
		}
		for i, role := range roles {
			if !slices.Contains(known, role) || slices.Contains(roles[:i], role) {
				t.Errorf("%s: %s is unknown or named twice", name, role)
			}
		}
	}
}

func TestRanks(t *testing.T) {
	if rank("") >= rank(ProjectViewer) || rank(permission.Authenticated) >= 0 || rank(Owner) <= rank(Admin) || rank(Admin) <= rank(ProjectManager) {
		t.Error("the order of roles is wrong")
	}
	if highest(nil) != -1 || highest([]permission.Role{permission.Anyone, ProjectViewer, Admin, Member}) != rank(Admin) {
		t.Error("the highest role is wrong")
	}
}
