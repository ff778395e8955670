package notification

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
)

// NewSigningSecret makes a webhook's secret, in the form of Standard Webhooks.
func NewSigningSecret() secret.String {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand crashes the program instead
	return secret.New(secretPrefix + base64.StdEncoding.EncodeToString(b))
}

// Signature is the webhook-signature header of Standard Webhooks: one “v1,…” for each
// secret, so that a receiver may know either while it changes from one to the next.
func Signature(secrets []secret.String, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Reveal(), secretPrefix))
		if err != nil {
			return "", fmt.Errorf("read signing secret: %w", err)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signatures, " "), nil
}
