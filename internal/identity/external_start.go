package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// FlowFor is how long somebody may take to sign in at the issuer.
const FlowFor = 10 * time.Minute

// Flow is one attempt to sign in through a provider. The browser keeps it, sealed, in a
// cookie while it is at the issuer: what comes back without it was not begun here.
type Flow struct {
	Provider ident.ID  `json:"p"`
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // PKCE
	ReturnTo string    `json:"r"`
	Link     ident.ID  `json:"l,omitzero"` // the account that asked to be linked; zero: sign in
	Until    time.Time `json:"u"`
}

const flowPurpose = "identity/flow"

func (d providerDesk) sealFlow(f Flow) (secret.String, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return secret.String{}, fmt.Errorf("write flow: %w", err)
	}
	return secret.New(base64.RawURLEncoding.EncodeToString(d.keys.Seal(secret.New(string(text)), flowPurpose))), nil
}

// openFlow reads the flow that the browser kept, and wants it to be the answer's.
func (d providerDesk) openFlow(kept secret.String, provider ident.ID, state string) (f Flow, err error) {
	lost := fault.New(fault.Denied, "auth.provider_flow", "This sign-in was not begun in this browser, or too long ago. Begin again.")
	sealed, err := base64.RawURLEncoding.DecodeString(kept.Reveal())
	if err != nil {
		return f, lost
	}
	text, err := d.keys.Open(sealed, flowPurpose)
	if err != nil || json.Unmarshal([]byte(text.Reveal()), &f) != nil {
		return f, lost
	}
	if f.Provider != provider || d.clock().After(f.Until) || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 {
		return f, lost
	}
	return f, nil
}

// StartSignIn asks for the way to a provider's issuer.
type StartSignIn struct {
	Provider string // by name
	ReturnTo string // a path of the console
}

// Started says where the browser goes, and what it keeps until it comes back.
type Started struct {
	URL  string
	Kept secret.String
}

func (d providerDesk) startSignIn(ctx context.Context, q command.Query, in StartSignIn) (Started, error) {
	return d.start(ctx, q, in, ident.ID{})
}

// LinkIdentity asks for the way to a provider's issuer, for somebody who is signed in
// and wants to sign in through it from then on.
type LinkIdentity StartSignIn

func (d providerDesk) startLink(ctx context.Context, q command.Query, in LinkIdentity) (Started, error) {
	if q.Actor.Kind != command.User {
		return Started{}, fault.New(fault.Denied, "auth.link_service_account", "A service account is nobody elsewhere: only people's accounts can be linked.")
	}
	return d.start(ctx, q, StartSignIn(in), q.Actor.ID)
}

func (d providerDesk) start(ctx context.Context, q command.Query, in StartSignIn, link ident.ID) (Started, error) {
	if !ownPath(in.ReturnTo) {
		return Started{}, fault.New(fault.Invalid, "auth.return_to", "return_to must be a path of this installation, like /run.").At("query.return_to", "must begin with one /")
	}
	p, err := offered(ctx, q, in.Provider)
	if err != nil {
		return Started{}, err
	}
	c, err := d.client(p)
	if err != nil {
		return Started{}, err
	}
	f := Flow{
		Provider: p.ID, State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(), // 52 of the 43 to 128 characters of RFC 7636
		ReturnTo: in.ReturnTo, Link: link, Until: q.Now.Add(FlowFor),
	}
	at, err := d.issuers.SignInURL(ctx, c, f)
	if err != nil {
		return Started{}, err
	}
	kept, err := d.sealFlow(f)
	return Started{URL: at, Kept: kept}, err
}

// ownPath admits paths that lead nowhere else, whatever a browser makes of them.
func ownPath(path string) bool {
	if path == "" {
		return true
	}
	if path[0] != '/' || len(path) > 2000 || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f }) {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == ""
}

// GetSignOutURL asks where to sign out as well: at the issuer through which the
// caller's session was opened, if it offers that.
type GetSignOutURL struct{}

const selectSessionProvider = `
SELECT p.name FROM credential c JOIN external_identity e ON e.id = c.identity_id JOIN identity_provider p ON p.issuer = e.issuer
WHERE c.id = $1 AND p.enabled`

func (d providerDesk) signOutURL(ctx context.Context, q command.Query, _ GetSignOutURL) (string, error) {
	var name string
	if err := q.QueryRow(ctx, selectSessionProvider, q.Actor.Credential).Scan(&name); err != nil {
		return "", ignoreNoRows(err)
	}
	p, err := offered(ctx, q, name)
	if err != nil {
		return "", err
	}
	c, err := d.client(p)
	if err != nil {
		return "", err
	}
	return d.issuers.SignOutURL(ctx, c, d.home()+"/sign-in")
}
