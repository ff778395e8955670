package identity

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Facts about an account. The aggregate is the user, whose version counts them.
type (
	Registered struct {
		Invited bool `json:"invited"`
	}
	SignedIn struct {
		SessionID ident.ID `json:"session_id"`
	}
	SignInFailed struct {
		Failures int `json:"failures"` // in a row
	}
	LockedOut struct {
		Until time.Time `json:"until"`
	}
	SignedOut struct {
		CredentialID ident.ID `json:"credential_id"`
	}
	SessionRevoked struct {
		SessionID ident.ID `json:"session_id"`
	}
	PasswordChanged struct {
		SessionsRevoked int64 `json:"sessions_revoked"`
	}
	// EmailChanged is a person's own doing; an operator's is UserUpdated.
	EmailChanged struct {
		Confirmed bool `json:"confirmed"` // by a code that was sent to the new address
	}
	TokenCreated struct {
		TokenID   ident.ID `json:"token_id"`
		Scopes    int      `json:"scopes"` // how many; 0 means everything
		ProjectID ident.ID `json:"project_id,omitzero"`
		DeviceID  ident.ID `json:"device_id,omitzero"` // the program that a person signed in
	}
	SecondFactorSet struct {
		Kind string `json:"kind"` // app
	}
	SecondFactorRemoved struct {
		Kind string `json:"kind"` // app
	}
	// SecondFactorReset is an operator's doing.
	SecondFactorReset struct {
		SessionsRevoked int64 `json:"sessions_revoked"`
	}
	RecoveryCodesRenewed struct{}
	PasskeyAdded         struct {
		PasskeyID ident.ID `json:"passkey_id"`
	}
	PasskeyRemoved struct {
		PasskeyID ident.ID `json:"passkey_id"`
	}
	// PasskeyRefused is about a passkey that may have been copied.
	PasskeyRefused struct {
		PasskeyID ident.ID `json:"passkey_id"`
		Reason    string   `json:"reason"` // counter
	}
	// DeviceDecided is what a person said to a program that asked to be signed in.
	DeviceDecided struct {
		DeviceID ident.ID `json:"device_id"`
		Approved bool     `json:"approved"`
	}
	TokenRevoked struct {
		TokenID ident.ID `json:"token_id"`
	}
	// UserCreated is about somebody for whom an operator made an account.
	UserCreated struct {
		Operator bool `json:"operator"`
	}
	// UserLockedByOperator differs from LockedOut, which wrong passwords bring about.
	UserLockedByOperator struct {
		SessionsRevoked int64 `json:"sessions_revoked"`
	}
	UserUnlocked struct{}
	// UserUpdated says who runs the installation, if that changed, and whether the name
	// or the address did; not what they are.
	UserUpdated struct {
		Operator *bool `json:"operator,omitempty"`
		Name     bool  `json:"name,omitempty"`
		Email    bool  `json:"email,omitempty"`
	}
	PasswordReset struct {
		SessionsRevoked int64 `json:"sessions_revoked"`
	}
	UserDeleted struct{}
	// OperatorAppointed is about the first administrator, or the local operator.
	OperatorAppointed struct{}
)

// EventType names the fact.
func (Registered) EventType() string { return "user.registered.v1" }

// EventType names the fact.
func (SignedIn) EventType() string { return "user.signed_in.v1" }

// EventType names the fact.
func (SignInFailed) EventType() string { return "user.sign_in_failed.v1" }

// EventType names the fact.
func (LockedOut) EventType() string { return "user.locked_out.v1" }

// EventType names the fact.
func (SignedOut) EventType() string { return "user.signed_out.v1" }

// EventType names the fact.
func (SessionRevoked) EventType() string { return "user.session_revoked.v1" }

// EventType names the fact.
func (PasswordChanged) EventType() string { return "user.password_changed.v1" }

// EventType names the fact.
func (EmailChanged) EventType() string { return "user.email_changed.v1" }

// EventType names the fact.
func (TokenCreated) EventType() string { return "user.token_created.v1" }

// EventType names the fact.
func (SecondFactorSet) EventType() string { return "user.second_factor_set.v1" }

// EventType names the fact.
func (SecondFactorRemoved) EventType() string { return "user.second_factor_removed.v1" }

// EventType names the fact.
func (SecondFactorReset) EventType() string { return "user.second_factor_reset.v1" }

// EventType names the fact.
func (RecoveryCodesRenewed) EventType() string { return "user.recovery_codes_renewed.v1" }

// EventType names the fact.
func (PasskeyAdded) EventType() string { return "user.passkey_added.v1" }

// EventType names the fact.
func (PasskeyRemoved) EventType() string { return "user.passkey_removed.v1" }

// EventType names the fact.
func (PasskeyRefused) EventType() string { return "user.passkey_refused.v1" }

// EventType names the fact.
func (DeviceDecided) EventType() string { return "user.device_decided.v1" }

// EventType names the fact.
func (TokenRevoked) EventType() string { return "user.token_revoked.v1" }

// EventType names the fact.
func (OperatorAppointed) EventType() string { return "user.operator_appointed.v1" }

// EventType names the fact.
func (UserCreated) EventType() string { return "user.created.v1" }

// EventType names the fact.
func (UserLockedByOperator) EventType() string { return "user.locked.v1" }

// EventType names the fact.
func (UserUnlocked) EventType() string { return "user.unlocked.v1" }

// EventType names the fact.
func (PasswordReset) EventType() string { return "user.password_reset.v1" }

// EventType names the fact.
func (UserDeleted) EventType() string { return "user.deleted.v1" }

// EventType names the fact.
func (UserUpdated) EventType() string { return "user.updated.v1" }
