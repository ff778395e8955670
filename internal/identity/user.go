package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// User is a person's account as operators see it.
type User struct {
	Account
	LockedAt     *time.Time `db:"locked_at"`
	LockedReason string     `db:"locked_reason"`
	LastSignInAt *time.Time `db:"last_sign_in_at"`
	Note         string     `db:"note"` // of operators, for operators
	HasPassword  bool       `db:"has_password"`
	Sessions     int        `db:"sessions"` // that hold
	Tokens       int        `db:"tokens"`
}

// UserStatus says whether somebody can sign in.
type UserStatus string

// The statuses.
const (
	UserActive  UserStatus = "active"
	UserInvited UserStatus = "invited" // has set no password yet, and never signed in
	UserLocked  UserStatus = "locked"
)

// Status tells it.
func (u User) Status() UserStatus {
	switch {
	case u.LockedAt != nil:
		return UserLocked
	case !u.HasPassword && u.LastSignInAt == nil:
		return UserInvited
	}
	return UserActive
}

// Elsewhere is what other slices know, keep and do of people; boot puts it together.
type Elsewhere struct {
	// Activity sums up what somebody ran.
	Activity func(ctx context.Context, q pg.Querier, user ident.ID) (Activity, error)
	// Forget deletes what is a person's own in the transaction that deletes the account;
	// with work also what they ran. It refuses while something of theirs is under way.
	Forget func(ctx context.Context, tx *command.Tx, user ident.ID, work bool) error
	// Mail carries letters to addresses; nil: the installation sends no e-mail.
	Mail Mail
}

// Activity is what somebody ran, as far as it is kept.
type Activity struct {
	Executions map[string]int64 // by status
	CPUMS      int64            // CPU time of all of them, ms
	WallMS     int64            // wall time, ms
}

const (
	userColumns = `
SELECT a.id, a.version, a.kind, coalesce(a.email, '') AS email, a.name, a.platform_roles, a.default_project_id, a.created_at,
	a.locked_at, a.locked_reason, a.last_sign_in_at, a.note, a.password_hash IS NOT NULL AS has_password,
	(SELECT count(*) FROM credential c WHERE c.account_id = a.id AND c.kind = 'session' AND c.revoked_at IS NULL AND c.expires_at > $1) AS sessions,
	(SELECT count(*) FROM credential c WHERE c.account_id = a.id AND c.kind = 'token' AND c.revoked_at IS NULL
		AND (c.expires_at IS NULL OR c.expires_at > $1)) AS tokens
FROM account a`
	selectUser = userColumns + ` WHERE a.id = $2 AND a.kind = 'user'`
	lockPerson = selectUser + ` FOR UPDATE OF a`

	// Those who can run the installation, in one order, so that two commands never wait for each other.
	lockOperators = `
SELECT id FROM account WHERE kind = 'user' AND $1 = ANY (platform_roles) AND locked_at IS NULL
  AND (password_hash IS NOT NULL OR last_sign_in_at IS NOT NULL) ORDER BY id FOR UPDATE`
)

func errUnknownUser() error {
	return fault.New(fault.NotFound, "user.unknown", "There is no user with this id.")
}

// lockedUser takes the lock of somebody whom the caller is about to lock out or
// delete; neither may befall oneself or the last operator.
func lockedUser(ctx context.Context, tx *command.Tx, id ident.ID) (User, error) {
	operators, err := pg.All[ident.ID](ctx, tx, lockOperators, tenancy.Operator)
	if err != nil {
		return User{}, fmt.Errorf("lock operators: %w", err)
	}
	u, err := pg.One[User](ctx, tx, lockPerson, tx.Now, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return u, errUnknownUser()
	case err != nil:
		return u, fmt.Errorf("lock user: %w", err)
	case id == tx.Actor.ID:
		return u, fault.New(fault.Conflict, "user.yourself", "This is your own account. Ask another operator.")
	case len(operators) == 1 && operators[0] == id:
		return u, fault.New(fault.Conflict, "user.last_operator", "This is the last operator who can sign in. Make somebody else an operator first.")
	}
	return u, nil
}

// endSessions revokes all of somebody's sessions, and tells how many.
func endSessions(ctx context.Context, tx *command.Tx, id ident.ID) (int64, error) {
	tag, err := tx.Exec(ctx, revokeSessions, id, tx.Now)
	if err != nil {
		return 0, fmt.Errorf("revoke sessions: %w", err)
	}
	return tag.RowsAffected(), nil
}

// errAccountLocked is what somebody is told whom an operator locked out.
func errAccountLocked(reason string) error {
	if reason == "" {
		reason = "no reason was given"
	}
	return fault.New(fault.Unauthenticated, "auth.account_locked", "This account is locked: %s. Ask whoever runs this installation.", reason)
}
