package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Token is a credential that Stoa made:
//
//	stoa_<kind>_<id, 32 hex digits>_<20 random bytes and CRC-32 in base 32>
//
// The id finds the row, the SHA-256 of the random bytes proves the holder, and
// the checksum lets scanners tell a leaked token from noise and spares the
// database mistyped ones. Being 160 random bits, the hash needs no salt or stretching.
type Token struct {
	Kind   string // "pat", "session": lower-case letters
	ID     ident.ID
	random [randomSize]byte
}

const (
	prefix     = "stoa_"
	randomSize = 20
	tailSize   = 39 // base 32 of the random bytes and four of checksum
)

// ErrNotToken says that a text is not a token of ours; it never contains the text.
var ErrNotToken = errors.New("not a token of Stoa")

// NewToken makes a token with fresh random bytes for the credential id.
func NewToken(kind string, id ident.ID) Token {
	if !isKind(kind) {
		panic(fmt.Sprintf("secret: %q is no kind of token", kind))
	}
	t := Token{Kind: kind, ID: id}
	_, _ = rand.Read(t.random[:]) // never fails: crypto/rand crashes the program instead
	return t
}

// ParseToken reads what Reveal wrote.
func ParseToken(text string) (Token, error) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok {
		return Token{}, ErrNotToken
	}
	kind, rest, _ := strings.Cut(rest, "_")
	idText, tail, ok := strings.Cut(rest, "_")
	if !ok || !isKind(kind) || len(idText) != 2*len(ident.ID{}) || len(tail) != tailSize {
		return Token{}, ErrNotToken
	}
	t := Token{Kind: kind}
	if _, err := hex.Decode(t.ID[:], []byte(idText)); err != nil {
		return Token{}, ErrNotToken
	}
	raw, err := encoding.DecodeString(tail)
	if err != nil || len(raw) < randomSize {
		return Token{}, ErrNotToken
	}
	copy(t.random[:], raw)
	if t.Reveal() != text { // checks the checksum, and that one token has one spelling
		return Token{}, ErrNotToken
	}
	return t, nil
}

// Reveal is the text that the holder keeps. It is shown once.
func (t Token) Reveal() string {
	head := t.head()
	sum := crc32.ChecksumIEEE(append([]byte(head), t.random[:]...))
	tail := binary.BigEndian.AppendUint32(t.random[:len(t.random):len(t.random)], sum)
	return head + encoding.EncodeToString(tail)
}

func (t Token) head() string { return prefix + t.Kind + "_" + hex.EncodeToString(t.ID[:]) + "_" }

// Hash is what is stored.
func (t Token) Hash() []byte {
	sum := sha256.Sum256(t.random[:])
	return sum[:]
}

// Matches compares with a stored Hash in constant time.
func (t Token) Matches(hash []byte) bool { return subtle.ConstantTimeCompare(t.Hash(), hash) == 1 }

// String names the token without giving it away.
func (t Token) String() string { return t.head() + hidden }

// Format hides the random bytes from every verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(t.String())) }

// LogValue hides the random bytes from slog.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText hides the random bytes from JSON, YAML and their like.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

func isKind(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}
