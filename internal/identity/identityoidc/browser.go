package identityoidc

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

func (i *Issuers) known(ctx context.Context, at string) (*issuer, *metadata, error) {
	one := i.issuer(at)
	meta, err := one.meta.get(ctx)
	if err != nil {
		return nil, nil, unreachable(at, err)
	}
	return one, meta, nil
}

func (m *metadata) config(c identity.Client) *oauth2.Config {
	style := oauth2.AuthStyleInHeader // what issuers know that say nothing (OpenID Connect Discovery, 3)
	if c.Secret.IsEmpty() || len(m.TokenAuth) > 0 && !slices.Contains(m.TokenAuth, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: c.ID, ClientSecret: c.Secret.Reveal(), RedirectURL: c.Redirect,
		Scopes:   append([]string{oidc.ScopeOpenID}, c.Scopes...),
		Endpoint: oauth2.Endpoint{AuthURL: m.Authorization, TokenURL: m.Token, AuthStyle: style},
	}
}

// SignInURL implements identity.Issuers.
func (i *Issuers) SignInURL(ctx context.Context, c identity.Client, f identity.Flow) (string, error) {
	_, meta, err := i.known(ctx, c.Issuer)
	if err != nil {
		return "", err
	}
	return meta.config(c).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

// SignOutURL implements identity.Issuers (OpenID Connect RP-Initiated Logout).
func (i *Issuers) SignOutURL(ctx context.Context, c identity.Client, back string) (string, error) {
	_, meta, err := i.known(ctx, c.Issuer)
	if err != nil || meta.EndSession == "" {
		return "", err
	}
	u, err := url.Parse(meta.EndSession)
	if err != nil {
		return "", unreachable(c.Issuer, err)
	}
	query := u.Query()
	query.Set("client_id", c.ID)
	query.Set("post_logout_redirect_uri", back)
	u.RawQuery = query.Encode()
	return u.String(), nil
}

var errorWord = regexp.MustCompile(`^[a-z_]{1,60}$`)

// refusal says what the issuer said, if it is a word that issuers say.
func refusal(at, word string, because error) error {
	if !errorWord.MatchString(word) {
		word = "no reason"
	}
	return fault.New(fault.Denied, "auth.provider_refused", "The issuer %s refused: %s.", at, word).Because(because)
}

// Exchange implements identity.Issuers.
func (i *Issuers) Exchange(ctx context.Context, c identity.Client, f identity.Flow, a identity.Answer) (identity.Claims, error) {
	one, meta, err := i.known(ctx, c.Issuer)
	if err != nil {
		return identity.Claims{}, err
	}
	// Another issuer's answer to our question would send it this one's code (RFC 9207).
	if a.Issuer != "" && a.Issuer != c.Issuer || a.Issuer == "" && meta.NamesItself {
		return identity.Claims{}, fault.New(fault.Denied, "auth.provider_flow", "This answer is another issuer's. Begin again.")
	}
	if a.Error != "" || a.Code == "" {
		return identity.Claims{}, refusal(c.Issuer, a.Error, nil)
	}
	ctx, cancel := context.WithTimeout(i.calling(ctx), 2*callFor)
	defer cancel()
	token, err := meta.config(c).Exchange(ctx, a.Code, oauth2.VerifierOption(f.Verifier))
	i.observe("token", err)
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.ErrorCode != "" {
		return identity.Claims{}, refusal(c.Issuer, refused.ErrorCode, err)
	}
	if err != nil {
		return identity.Claims{}, unreachable(c.Issuer, err)
	}
	raw, _ := token.Extra("id_token").(string)
	claims, err := i.verifyID(ctx, one, c, f, raw)
	if err != nil {
		return identity.Claims{}, err
	}
	return claims, i.ask(ctx, meta, token, claims)
}

// verifyID checks an ID token (OpenID Connect Core, 3.1.3.7).
func (i *Issuers) verifyID(ctx context.Context, one *issuer, c identity.Client, f identity.Flow, raw string) (identity.Claims, error) {
	verifier := oidc.NewVerifier(c.Issuer, one.keys, &oidc.Config{ClientID: c.ID, SupportedSigningAlgs: algorithmNames(), Now: i.clock})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return identity.Claims{}, untrue(err)
	}
	claims := identity.Claims{Issuer: c.Issuer, Subject: id.Subject, IssuedAt: id.IssuedAt, ExpiresAt: id.Expiry}
	if err := id.Claims(&claims.All); err != nil {
		return identity.Claims{}, untrue(err)
	}
	party, named := claims.All["azp"].(string)
	switch {
	case id.Nonce != f.Nonce:
		return identity.Claims{}, untrue(errors.New("it answers another question: the nonce differs"))
	case id.Subject == "":
		return identity.Claims{}, untrue(errors.New("it is about nobody"))
	case named && party != c.ID || !named && len(id.Audience) > 1:
		return identity.Claims{}, untrue(errors.New("it was made for another party"))
	}
	return claims, i.checkAge(id.IssuedAt)
}

// skew is how far an issuer's clock may be ahead of ours.
const skew = 2 * time.Minute

func (i *Issuers) checkAge(issued time.Time) error {
	if issued.IsZero() || issued.After(i.clock().Add(skew)) {
		return untrue(errors.New("it was issued in the future, or nobody knows when"))
	}
	return nil
}

func untrue(err error) error {
	if expired, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return fault.New(fault.Unauthenticated, "auth.expired", "This token has expired. Get a new one.").Because(expired)
	}
	return fault.New(fault.Unauthenticated, "auth.provider_token", "This token does not hold here: it is not signed by its issuer, not meant for Stoa, or out of its time.").Because(err)
}

// ask adds what the issuer says of the person only when asked: its own ID tokens may be
// as short as the standard lets them be. What the ID token said stays.
func (i *Issuers) ask(ctx context.Context, meta *metadata, token *oauth2.Token, claims identity.Claims) error {
	if meta.UserInfo == "" {
		return nil
	}
	info, err := meta.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	i.observe("userinfo", err)
	if err != nil {
		return unreachable(claims.Issuer, err)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return unreachable(claims.Issuer, err)
	}
	if info.Subject != claims.Subject {
		return untrue(errors.New("userinfo is about somebody else"))
	}
	for name, value := range more {
		if _, said := claims.All[name]; !said {
			claims.All[name] = value
		}
	}
	return nil
}
