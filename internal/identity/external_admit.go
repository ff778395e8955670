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

// knownIdentity is a link from an issuer's subject to an account.
type knownIdentity struct {
	ID        ident.ID  `db:"id"`
	AccountID ident.ID  `db:"account_id"`
	ClaimsAt  time.Time `db:"claims_at"`
}

const (
	selectIdentity  = `SELECT id, account_id, claims_at FROM external_identity WHERE issuer = $1 AND subject = $2 FOR UPDATE`
	queueForSubject = `SELECT pg_advisory_xact_lock(hashtextextended('identity.subject/' || $1::text || '/' || $2::text, 0))`
)

// findIdentity locks the link. Of two who come with the same new subject at once, the
// second one waits and finds what the first one made.
func findIdentity(ctx context.Context, tx *command.Tx, c Claims) (knownIdentity, error) {
	known, err := pg.One[knownIdentity](ctx, tx, selectIdentity, c.Issuer, c.Subject)
	if !errors.Is(err, pgx.ErrNoRows) {
		return known, err
	}
	if _, err := tx.Exec(ctx, queueForSubject, c.Issuer, c.Subject); err != nil {
		return known, fmt.Errorf("wait for identity: %w", err)
	}
	return pg.One[knownIdentity](ctx, tx, selectIdentity, c.Issuer, c.Subject)
}

// admit finds whose identity it is, or makes an account for it as the provider says,
// and gives the memberships that the rules do. The actor is that account from then on.
func (d providerDesk) admit(ctx context.Context, tx *command.Tx, p Provider, c Claims, partial bool) (Account, ident.ID, error) {
	known, err := findIdentity(ctx, tx, c)
	switch {
	case err == nil:
	case errors.Is(err, pgx.ErrNoRows):
		if known, err = d.admitNew(ctx, tx, p, c, partial); err != nil {
			return Account{}, ident.ID{}, err
		}
	default:
		return Account{}, ident.ID{}, fmt.Errorf("find identity: %w", err)
	}
	tx.Actor = command.Actor{Kind: command.User, ID: known.AccountID, Credential: known.ID}
	if err := d.follow(ctx, tx, p, c, partial, known); err != nil {
		return Account{}, ident.ID{}, err
	}
	a, err := pg.One[Account](ctx, tx, selectAccount, known.AccountID)
	if err != nil {
		return Account{}, ident.ID{}, fmt.Errorf("read account: %w", err)
	}
	return a, known.ID, nil
}

const selectAccountByEmail = `
SELECT id, version, kind, coalesce(email, '') AS email, name, platform_roles, default_project_id, created_at
FROM account WHERE email = $1 FOR UPDATE`

// admitNew links somebody who was never here to the account with their address, if the
// issuer is trusted with addresses, or makes one.
func (d providerDesk) admitNew(ctx context.Context, tx *command.Tx, p Provider, c Claims, partial bool) (knownIdentity, error) {
	email, verified := c.email(p.TrustsEmail)
	if email == "" {
		return knownIdentity{}, fault.New(fault.Denied, "auth.provider_no_email",
			"%s did not give an e-mail address, which an account here needs. Sign in through the browser once, or have its administrator add the claim email.", p.Title)
	}
	a, err := pg.One[Account](ctx, tx, selectAccountByEmail, email)
	switch {
	case err == nil && p.TrustsEmail && verified && len(a.PlatformRoles) == 0:
		return d.linkByEmail(ctx, tx, p, c, a)
	case err == nil:
		return knownIdentity{}, fault.New(fault.Conflict, "auth.email_taken", "There is already an account with this e-mail address. Sign in to it and link %s under Account.", p.Title)
	case !errors.Is(err, pgx.ErrNoRows):
		return knownIdentity{}, fmt.Errorf("find account: %w", err)
	}
	if err := p.admits(c, partial); err != nil {
		return knownIdentity{}, err
	}
	if !verified {
		return knownIdentity{}, fault.New(fault.Denied, "auth.provider_email_unverified", "%s has not verified your e-mail address. Have it verified there, then sign in again.", p.Title)
	}
	return d.found(ctx, tx, p, c, email)
}

// admits tells whether the provider may make an account for who the claims are about.
func (p Provider) admits(c Claims, partial bool) error {
	organizations, _ := p.wanted(c, partial)
	switch {
	case p.Registration == AdmitAll, p.Registration == AdmitMatched && len(organizations.roles) > 0:
		return nil
	case p.Registration == AdmitMatched:
		return fault.New(fault.Denied, "auth.provider_not_admitted", "%s knows you, but none of your groups there belongs to an organization here. Ask whoever runs this installation.", p.Title)
	}
	return fault.New(fault.Denied, "auth.registration_closed", "Nobody gets a new account through %s. Ask whoever runs this installation.", p.Title)
}

// found makes an account without a password.
func (d providerDesk) found(ctx context.Context, tx *command.Tx, p Provider, c Claims, email string) (knownIdentity, error) {
	a := newUser(tx, Newcomer{Email: email, Name: c.name(email)})
	place, err := tenancy.FoundPersonal(ctx, tx, a.ID, a.Name)
	if err != nil {
		return knownIdentity{}, err
	}
	a.DefaultProject = place.Project
	tag, err := tx.Exec(ctx, insertAccount, a.ID, a.Version, a.Kind, a.Email, a.Name, nil, a.PlatformRoles, a.DefaultProject, a.CreatedAt)
	if err != nil {
		return knownIdentity{}, fmt.Errorf("store user: %w", err)
	}
	if tag.RowsAffected() == 0 { // registered meanwhile
		return knownIdentity{}, fault.New(fault.Conflict, "auth.email_taken", "There is already an account with this e-mail address. Sign in to it and link %s under Account.", p.Title)
	}
	tx.Emit(a.aggregate(), Registered{})
	return d.link(ctx, tx, p, c, a.ID, IdentityLinked{Newcomer: true})
}

const (
	dropSteps  = `DELETE FROM sign_in_step WHERE account_id = $1` // of those who showed the password
	dropGrants = `DELETE FROM device_grant WHERE account_id = $1` // of those who were allowed a token
	dropAsked  = `DELETE FROM passkey_challenge WHERE account_id = $1`
	dropLinks  = `DELETE FROM password_link WHERE account_id = $1`
	revokeAll  = `UPDATE credential SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL`
)

// linkByEmail gives an account to who the issuer says has its address. Whoever made it
// may never have shown that the address is theirs, so nothing that they set up opens it
// any more: no password, passkey and code, no session, no token.
func (d providerDesk) linkByEmail(ctx context.Context, tx *command.Tx, p Provider, c Claims, a Account) (knownIdentity, error) {
	for _, sql := range []string{dropPassword, dropSteps, dropGrants, dropLinks, dropAsked, dropEmailChange, forgetPasskeys, removeFactor} {
		if _, err := tx.Exec(ctx, sql, a.ID); err != nil {
			return knownIdentity{}, fmt.Errorf("end what opened the account: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, revokeAll, a.ID, tx.Now); err != nil {
		return knownIdentity{}, fmt.Errorf("revoke credentials: %w", err)
	}
	if err := unlinkAll(ctx, tx, a.ID); err != nil {
		return knownIdentity{}, err
	}
	return d.link(ctx, tx, p, c, a.ID, IdentityLinked{ByEmail: true})
}

const insertIdentity = `
INSERT INTO external_identity (id, issuer, subject, account_id, claims_at, created_at, last_used_at) VALUES ($1, $2, $3, $4, 'epoch', $5, $5)`

func (d providerDesk) link(ctx context.Context, tx *command.Tx, p Provider, c Claims, account ident.ID, fact IdentityLinked) (knownIdentity, error) {
	known := knownIdentity{ID: tx.NewID(), AccountID: account}
	if _, err := tx.Exec(ctx, insertIdentity, known.ID, c.Issuer, c.Subject, account, tx.Now); err != nil {
		return knownIdentity{}, fmt.Errorf("store identity: %w", err)
	}
	fact.IdentityID, fact.ProviderID = known.ID, p.ID
	_, err := emitOn(ctx, tx, account, fact)
	return known, err
}

func lockAccount(ctx context.Context, tx *command.Tx, id ident.ID) error {
	var version int64
	err := tx.QueryRow(ctx, `SELECT version FROM account WHERE id = $1 FOR UPDATE`, id).Scan(&version)
	return command.NotFoundIfNoRows(err)
}

const noteClaims = `UPDATE external_identity SET last_used_at = $2, claims_at = greatest(claims_at, $3) WHERE id = $1`

// follow makes the memberships that the rules manage what the claims say. A token that
// is older than one that was followed already changes nothing.
func (d providerDesk) follow(ctx context.Context, tx *command.Tx, p Provider, c Claims, partial bool, known knownIdentity) error {
	if _, err := tx.Exec(ctx, noteClaims, known.ID, tx.Now, c.IssuedAt); err != nil {
		return fmt.Errorf("note claims: %w", err)
	}
	if c.IssuedAt.Before(known.ClaimsAt) {
		return nil
	}
	organizations, projects := p.wanted(c, partial)
	if err := inOrganizations().follow(ctx, tx, known, organizations); err != nil { // first: who leaves one leaves its projects
		return err
	}
	return inProjects().follow(ctx, tx, known, projects)
}
