package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// GetSetup asks whether the first administrator is still to come.
type GetSetup struct{}

// Setup tells it.
type Setup struct{ Needed bool }

const setupCompleted = `SELECT EXISTS (SELECT FROM setup WHERE completed_at IS NOT NULL)`

func getSetup(ctx context.Context, q command.Query, _ GetSetup) (Setup, error) {
	done, err := pg.One[bool](ctx, q, setupCompleted)
	return Setup{Needed: !done}, err
}

// OpenSetup makes sure that there is a link for the first administrator. Kept is the
// link's token of an earlier start, which stays valid if it still is.
type OpenSetup struct{ Kept secret.String }

// SetupLink is the token to show at each start until somebody used it; then it is empty.
type SetupLink struct {
	Needed bool
	Token  secret.String
}

const (
	lockSetup = `SELECT secret_hash, completed_at FROM setup FOR UPDATE`
	saveSetup = `
INSERT INTO setup (secret_hash, created_at) VALUES ($1, $2)
ON CONFLICT (singleton) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = excluded.created_at
WHERE setup.completed_at IS NULL`
	markSetUp = `UPDATE setup SET completed_at = $1`
)

type setupRow struct {
	SecretHash  []byte     `db:"secret_hash"`
	CompletedAt *time.Time `db:"completed_at"`
}

func openSetup(ctx context.Context, tx *command.Tx, c OpenSetup) (SetupLink, error) {
	row, err := pg.OneOrZero[setupRow](ctx, tx, lockSetup)
	if err != nil {
		return SetupLink{}, fmt.Errorf("read setup: %w", err)
	}
	if row.CompletedAt != nil {
		return SetupLink{}, nil
	}
	if proves(c.Kept, setupToken, row.SecretHash) {
		return SetupLink{Needed: true, Token: c.Kept}, nil
	}
	token := secret.NewToken(setupToken, tx.NewID())
	if _, err := tx.Exec(ctx, saveSetup, token.Hash(), tx.Now); err != nil {
		return SetupLink{}, fmt.Errorf("store setup link: %w", err)
	}
	return SetupLink{Needed: true, Token: secret.New(token.Reveal())}, nil
}

// SetUp makes the first administrator: an operator of the platform and owner of the
// home organization. It works once, for who holds the link.
type SetUp struct {
	Newcomer
	Token     secret.String
	UserAgent string
}

type hashedSetUp struct {
	SetUp
	hash string
}

func (d desk) setUp(complete command.Func[hashedSetUp, SignedInOnce]) command.Func[SetUp, SignedInOnce] {
	return func(ctx context.Context, c SetUp) (SignedInOnce, error) {
		in := hashedSetUp{SetUp: c}
		if c.Validate() == nil && checkSetupLink(ctx, d.db, c.Token, false) == nil {
			policy, err := d.settings.Policy(ctx, d.db)
			if err != nil {
				return SignedInOnce{}, err
			}
			if err := checkPassword("body.password", c.Password, c.Email, policy); err != nil {
				return SignedInOnce{}, err
			}
			if in.hash, err = d.hasher.Hash(ctx, c.Password); err != nil {
				return SignedInOnce{}, err
			}
		}
		return complete(command.Unkept(ctx), in) // refuses by itself what was not hashed, and audits that
	}
}

func (d desk) completeSetup(ctx context.Context, tx *command.Tx, c hashedSetUp) (SignedInOnce, error) {
	if err := checkSetupLink(ctx, tx, c.Token, true); err != nil {
		return SignedInOnce{}, err
	}
	a := newUser(tx, c.Newcomer)
	a.PlatformRoles = append(a.PlatformRoles, tenancy.Operator)
	place, err := tenancy.JoinHome(ctx, tx, a.ID)
	if err != nil {
		return SignedInOnce{}, err
	}
	a.DefaultProject = place.Project
	if err := insertUser(ctx, tx, a, c.hash); err != nil {
		return SignedInOnce{}, err
	}
	tx.Defer(markSetUp, tx.Now)
	tx.Emit(a.aggregate(), OperatorAppointed{})
	tx.Audit("user", a.ID, nil)
	return d.openWithPassword(ctx, tx, &a, c.UserAgent)
}

const readSetup = `SELECT secret_hash, completed_at FROM setup`

// checkSetupLink refuses a link that is used or was never given out.
func checkSetupLink(ctx context.Context, q pg.Querier, link secret.String, lock bool) error {
	sql := readSetup
	if lock {
		sql = lockSetup
	}
	row, err := pg.OneOrZero[setupRow](ctx, q, sql)
	if err != nil {
		return fmt.Errorf("read setup: %w", err)
	}
	if row.CompletedAt != nil {
		return fault.New(fault.Conflict, "setup.done", "This installation is set up already. Sign in instead.")
	}
	if !proves(link, setupToken, row.SecretHash) {
		return fault.New(fault.Denied, "setup.link", "This set-up link is not valid. stoad prints the current one when it starts.")
	}
	return nil
}
