package boot

import (
	"slices"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/file"
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/preference"
	"github.com/stoa-cloud/stoa/internal/script"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

//go:generate go test . -run TestEventTypesOnlyGrow -update

// facts is every type of event that this program can say. A test compares it with
// the types that exist.
func facts() []eventlog.Fact {
	return append([]eventlog.Fact{
		tenancy.OrganizationCreated{},
		tenancy.OrganizationRenamed{},
		tenancy.OrganizationMemberSet{},
		tenancy.OrganizationMemberRemoved{},
		tenancy.UnitCreated{},
		tenancy.UnitUpdated{},
		tenancy.UnitDeleted{},
		tenancy.InvitationCreated{},
		tenancy.InvitationAccepted{},
		tenancy.InvitationRevoked{},
		tenancy.ProjectCreated{},
		tenancy.ProjectUpdated{},
		tenancy.ProjectArchived{},
		tenancy.ProjectRestored{},
		tenancy.ProjectMemberSet{},
		tenancy.ProjectMemberRemoved{},

		identity.Registered{},
		identity.SignedIn{},
		identity.SignInFailed{},
		identity.LockedOut{},
		identity.SignedOut{},
		identity.SessionRevoked{},
		identity.PasswordChanged{},
		identity.EmailChanged{},
		identity.TokenCreated{},
		identity.TokenRevoked{},
		identity.DeviceDecided{},
		identity.SecondFactorSet{},
		identity.SecondFactorRemoved{},
		identity.SecondFactorReset{},
		identity.RecoveryCodesRenewed{},
		identity.PasskeyAdded{},
		identity.PasskeyRemoved{},
		identity.PasskeyRefused{},
		identity.OperatorAppointed{},
		identity.UserCreated{},
		identity.UserLockedByOperator{},
		identity.UserUnlocked{},
		identity.UserUpdated{},
		identity.PasswordReset{},
		identity.UserDeleted{},
		identity.IdentityLinked{},
		identity.IdentityUnlinked{},
		identity.SignedOutByIssuer{},
		identity.ProviderCreated{},
		identity.ProviderUpdated{},
		identity.ProviderRemoved{},
		identity.ServiceAccountCreated{},
		identity.ServiceAccountDisabled{},
		identity.ServiceAccountEnabled{},
		identity.ServiceAccountDeleted{},
		identity.ServiceKeyRotated{},
		identity.ServiceKeyRevoked{},

		limit.ValueSet{},
		limit.ValueCleared{},
		limit.RatesReset{},

		node.EnrollmentCreated{},
		node.Enrolled{},
		node.CameReady{},
		node.WentOffline{},
		node.Cordoned{},
		node.Uncordoned{},
		node.DrainAsked{},
		node.Drained{},
		node.Removed{},

		judge0.CallbackAsked{},
		judge0.CallbackEnded{},

		preference.Changed{},

		file.Uploaded{},
		file.Deleted{},

		script.Created{},
		script.Saved{},
		script.Updated{},
		script.Deleted{},
	}, slices.Concat(execution.FactTypes(), eventplane.FactTypes(), notification.FactTypes())...)
}

// accessEvents are the types after which somebody may see more or less than before.
func accessEvents() []string {
	var types []string
	for _, f := range []eventlog.Fact{
		tenancy.OrganizationCreated{},
		tenancy.OrganizationMemberSet{},
		tenancy.OrganizationMemberRemoved{},
		tenancy.InvitationAccepted{},
		tenancy.ProjectCreated{},
		tenancy.ProjectMemberSet{},
		tenancy.ProjectMemberRemoved{},
		identity.SessionRevoked{},
		identity.SignedOutByIssuer{},
		identity.TokenRevoked{},
		identity.ServiceAccountDisabled{},
		identity.ServiceAccountDeleted{},
		identity.ServiceKeyRevoked{},
		identity.ServiceKeyRotated{},
		identity.PasswordChanged{},
		identity.EmailChanged{},
		identity.PasswordReset{},
		identity.UserLockedByOperator{},
		identity.UserUpdated{},
		identity.UserDeleted{},
		identity.OperatorAppointed{},
	} {
		types = append(types, f.EventType())
	}
	return types
}
