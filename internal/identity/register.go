package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// GetRegistration asks who may register.
type GetRegistration struct{}

func (d desk) getRegistration(ctx context.Context, q command.Query, _ GetRegistration) (Registration, error) {
	policy, err := d.settings.Policy(ctx, q)
	return policy.Registration, err
}

// Register makes an account with a personal organization and project, and signs in.
type Register struct {
	Newcomer
	Invitation secret.String // the link's token; joins the inviting organization too
	UserAgent  string
}

type hashedRegister struct {
	Register
	hash string
}

func (d desk) register(complete command.Func[hashedRegister, SignedInOnce]) command.Func[Register, SignedInOnce] {
	return func(ctx context.Context, c Register) (SignedInOnce, error) {
		policy, err := d.settings.Policy(ctx, d.db)
		if err != nil {
			return SignedInOnce{}, err
		}
		in := hashedRegister{Register: c}
		if c.Validate() == nil && mayRegister(policy, c.Invitation) == nil {
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

func mayRegister(p Policy, invitation secret.String) error {
	switch {
	case p.Registration == Open, p.Registration == Invited && !invitation.IsEmpty():
		return nil
	case p.Registration == Invited:
		return fault.New(fault.Denied, "auth.registration_invited", "Registration needs an invitation here. Ask an organization's administrator for one.")
	default:
		return fault.New(fault.Denied, "auth.registration_closed", "Registration is closed here. Ask whoever runs this installation.")
	}
}

func (d desk) completeRegistration(ctx context.Context, tx *command.Tx, c hashedRegister) (SignedInOnce, error) {
	policy, err := d.settings.Policy(ctx, tx)
	if err != nil {
		return SignedInOnce{}, err
	}
	if err := mayRegister(policy, c.Invitation); err != nil {
		return SignedInOnce{}, err
	}
	a := newUser(tx, c.Newcomer)
	place, err := tenancy.FoundPersonal(ctx, tx, a.ID, a.Name)
	if err != nil {
		return SignedInOnce{}, err
	}
	a.DefaultProject = place.Project
	if err := insertUser(ctx, tx, a, c.hash); err != nil {
		return SignedInOnce{}, err
	}
	invited := !c.Invitation.IsEmpty()
	if invited {
		if _, err := tenancy.Join(ctx, tx, c.Invitation, a.ID, a.Email); err != nil {
			return SignedInOnce{}, err
		}
	}
	tx.Emit(a.aggregate(), Registered{Invited: invited})
	tx.Audit("user", a.ID, nil)
	return d.openWithPassword(ctx, tx, &a, c.UserAgent)
}

// newUser makes the person who will have done the rest of the command.
func newUser(tx *command.Tx, n Newcomer) Account {
	a := Account{
		ID: tx.NewID(), Version: 1, Kind: command.User, Email: strings.ToLower(n.Email), Name: n.Name, CreatedAt: tx.Now,
	}
	tx.Actor = command.Actor{Kind: command.User, ID: a.ID}
	return a
}

const insertAccount = `
INSERT INTO account (id, version, kind, email, name, password_hash, platform_roles, default_project_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, coalesce($7::text[], '{}'), $8, $9)
ON CONFLICT DO NOTHING`

func insertUser(ctx context.Context, tx *command.Tx, a Account, hash string) error {
	if hash == "" {
		return errors.New("store user: the password was not hashed")
	}
	tag, err := tx.Exec(ctx, insertAccount, a.ID, a.Version, a.Kind, a.Email, a.Name, hash, a.PlatformRoles, a.DefaultProject, a.CreatedAt)
	if err != nil {
		return fmt.Errorf("store user: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "auth.email_taken", "There is already an account with this e-mail address. Sign in instead.")
	}
	return nil
}
