package identity

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// FinishSignIn is the browser's return from a provider's issuer.
type FinishSignIn struct {
	Provider  string        // by name
	Kept      secret.String // the flow, as Started gave it
	Answer    Answer
	UserAgent string
}

// Finished says where the browser goes on, with the session if one was opened.
type Finished struct {
	ReturnTo string
	Linked   bool // to the account that asked; its session stays
	SignedIn SignedInOnce
}

// shownIdentity is who the issuer says that it is, checked outside the transaction.
type shownIdentity struct {
	provider  Provider
	claims    Claims
	link      ident.ID
	userAgent string
}

func (d providerDesk) finishSignIn(complete command.Func[shownIdentity, SignedInOnce]) command.Func[FinishSignIn, Finished] {
	return func(ctx context.Context, c FinishSignIn) (Finished, error) {
		p, err := offered(ctx, d.db, c.Provider)
		if err != nil {
			return Finished{}, err
		}
		f, err := d.openFlow(c.Kept, p.ID, c.Answer.State)
		if err != nil {
			return Finished{}, err
		}
		out := Finished{ReturnTo: f.ReturnTo, Linked: !f.Link.IsZero()}
		client, err := d.client(p)
		if err != nil {
			return out, err
		}
		claims, err := d.issuers.Exchange(ctx, client, f, c.Answer)
		if err != nil {
			return out, err
		}
		out.SignedIn, err = complete(command.Unkept(ctx), shownIdentity{provider: p, claims: claims, link: f.Link, userAgent: c.UserAgent})
		return out, err
	}
}

func (d providerDesk) completeSignInBy(ctx context.Context, tx *command.Tx, c shownIdentity) (SignedInOnce, error) {
	if !c.link.IsZero() {
		return SignedInOnce{}, d.completeLink(ctx, tx, c)
	}
	a, identity, err := d.admit(ctx, tx, c.provider, c.claims, false)
	if err != nil {
		return SignedInOnce{}, err
	}
	if err := d.notLocked(ctx, tx, hashEmail(a.Email)); err != nil {
		return SignedInOnce{}, err
	}
	tx.Audit("user", a.ID, map[string]any{"provider_id": c.provider.ID, "identity_id": identity})
	out, err := d.openSession(ctx, tx, &a, c.userAgent)
	if err != nil {
		return SignedInOnce{}, err
	}
	_, err = tx.Exec(ctx, noteSessionIdentity, tx.Actor.Credential, identity, c.claims.text("sid"))
	return out, err
}

const noteSessionIdentity = `UPDATE credential SET identity_id = $2, issuer_session = nullif($3::text, '') WHERE id = $1`

// completeLink links who came back to the account that is still signed in here.
func (d providerDesk) completeLink(ctx context.Context, tx *command.Tx, c shownIdentity) error {
	if tx.Actor.Kind != command.User || tx.Actor.ID != c.link {
		return fault.New(fault.Denied, "auth.provider_flow", "You are no longer signed in as who asked for this link. Sign in and begin again.")
	}
	known, err := findIdentity(ctx, tx, c.claims)
	switch {
	case err == nil && known.AccountID == c.link:
		return nil
	case err == nil:
		return fault.New(fault.Conflict, "auth.identity_taken", "You are linked to another account here already. Sign in to that one, or unlink it there first.")
	case !errors.Is(err, pgx.ErrNoRows):
		return err
	}
	if err := lockAccount(ctx, tx, c.link); err != nil {
		return err
	}
	identity, err := d.link(ctx, tx, c.provider, c.claims, c.link, IdentityLinked{})
	if err != nil {
		return err
	}
	return d.follow(ctx, tx, c.provider, c.claims, false, identity)
}
