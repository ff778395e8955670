package identity

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Registration says who may register.
type Registration string

// The modes of registration.
const (
	Closed  Registration = "closed"  // nobody
	Invited Registration = "invited" // who holds an invitation to an organization
	Open    Registration = "open"    // everybody
)

// Policy is the settings that identity obeys, at one moment.
type Policy struct {
	Registration      Registration  // identity.registration
	PasswordMinLength int           // identity.password.min_length, characters
	LockoutFailures   int           // identity.lockout.failures
	LockoutFor        time.Duration // identity.lockout.minutes
	SessionFor        time.Duration // identity.session.hours

	SecondFactor SecondFactorRequired // identity.second_factor.required
	Passkeys     int                  // identity.passkeys.max
}

// DefaultPolicy is what applies until somebody sets something else.
func DefaultPolicy() Policy {
	return Policy{Registration: Closed, PasswordMinLength: 10, LockoutFailures: 5, LockoutFor: 15 * time.Minute, SessionFor: 7 * 24 * time.Hour, SecondFactor: RequiredOfNone, Passkeys: 20}
}

// Settings knows the policy: the limit slice, through boot.
type Settings interface {
	Policy(ctx context.Context, q pg.Querier) (Policy, error)
}
