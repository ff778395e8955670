package pki

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

const (
	tokenPrefix  = "stoa_node_"
	secretLength = 24
)

// Token lets one machine join once. Its text is "stoa_node_<secret>_<pin>", in hex;
// what is stored is Hash alone.
type Token struct {
	secret [secretLength]byte
	pin    Pin
}

// ErrToken says that a text is no enrolment token.
var ErrToken = errors.New("this is no enrolment token: it looks like stoa_node_… and must be whole")

// NewToken makes a token for the authority with this pin.
func NewToken(pin Pin) Token {
	t := Token{pin: pin}
	_, _ = rand.Read(t.secret[:]) // never fails
	return t
}

// ParseToken reads the text of a token.
func ParseToken(text string) (Token, error) {
	var t Token
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), tokenPrefix)
	secret, pin, cut := strings.Cut(rest, "_")
	if !ok || !cut || !decodeHex(t.secret[:], secret) || !decodeHex(t.pin[:], pin) {
		return Token{}, ErrToken
	}
	return t, nil
}

func decodeHex(into []byte, text string) bool {
	if len(text) != hex.EncodedLen(len(into)) {
		return false
	}
	_, err := hex.Decode(into, []byte(text))
	return err == nil
}

// Reveal is the text that is given to the new machine. String hides the secret.
func (t Token) Reveal() string {
	return tokenPrefix + hex.EncodeToString(t.secret[:]) + "_" + hex.EncodeToString(t.pin[:])
}

func (t Token) String() string { return tokenPrefix + "***" }

// Pin is the authority that the token's holder may trust.
func (t Token) Pin() Pin { return t.pin }

// Hash is what the control plane stores and looks up: the secret has 192 random
// bits, so that a plain SHA-256 is enough.
func (t Token) Hash() []byte {
	h := sha256.Sum256(t.secret[:])
	return h[:]
}
