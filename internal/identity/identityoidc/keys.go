package identityoidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

// keySet is an issuer's keys. It implements go-oidc's KeySet, whose own fetches with
// every unknown key: anybody could make Stoa call the issuer with every request.
type keySet struct{ cached[[]jose.JSONWebKey] }

var errSignature = errors.New("no key of the issuer made this signature")

// VerifySignature gives the token's payload if one of the issuer's keys signed it. A key
// that is not known may be new: the issuer is asked again, at most every ten seconds.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	jws, err := jose.ParseSigned(token, algorithms())
	if err != nil || len(jws.Signatures) != 1 {
		return nil, errors.Join(errSignature, err)
	}
	keys, err := k.get(ctx)
	if err != nil {
		return nil, err
	}
	header := jws.Signatures[0].Header
	fitting := fit(keys, header)
	if len(fitting) == 0 {
		if keys, err = k.refresh(ctx); err != nil {
			return nil, err
		}
		fitting = fit(keys, header)
	}
	for _, key := range fitting {
		if payload, err := jws.Verify(key); err == nil {
			return payload, nil
		}
	}
	return nil, errSignature
}

// fit lists the keys that may have signed it: those of its id, or all if it names none.
func fit(keys []jose.JSONWebKey, header jose.Header) []jose.JSONWebKey {
	var fitting []jose.JSONWebKey
	for _, key := range keys {
		if (header.KeyID == "" || key.KeyID == header.KeyID) && (key.Algorithm == "" || key.Algorithm == header.Algorithm) {
			fitting = append(fitting, key)
		}
	}
	return fitting
}

const maxKeys = 1 << 20 // bytes

// fetchKeys reads the public signing keys. What Stoa cannot use it leaves out: an issuer
// may have keys of kinds that came up later.
func (i *Issuers) fetchKeys(ctx context.Context, at string) ([]jose.JSONWebKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	resp, err := i.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for keys: status %d", resp.StatusCode)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxKeys)).Decode(&set); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the issuer has no key that Stoa can use")
	}
	return keys, nil
}
