package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"

	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Cost is what one password hash costs (argon2id, RFC 9106).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultCost is OWASP's recommendation: 19 MiB, two passes, one thread; about 36 ms.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 << 10, Passes: 2, Threads: 1} }

const (
	saltBytes = 16
	keyBytes  = 32
)

// Hasher hashes and verifies passwords, as many at once as there are cores: a flood
// of sign-ins waits, and takes neither all memory nor all cores from everybody else.
type Hasher struct {
	cost  Cost
	slots *semaphore.Weighted
}

// NewHasher makes a hasher.
func NewHasher(cost Cost) *Hasher {
	return &Hasher{cost: cost, slots: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0)))}
}

// Hash makes the string to store. It fails only when ctx ends while waiting for its turn.
func (h *Hasher) Hash(ctx context.Context, password secret.String) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails, since Go 1.24
	key, err := h.derive(ctx, password, h.cost, salt)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, key), nil
}

// Verify tells whether password made the stored hash, and whether the hash is stale:
// made at another cost than today's. An empty hash costs the same time and never matches,
// so that unknown users cannot be told from known ones.
func (h *Hasher) Verify(ctx context.Context, password secret.String, stored string) (ok, stale bool, err error) {
	cost, salt, want := h.cost, make([]byte, saltBytes), make([]byte, keyBytes)
	if stored != "" {
		if cost, salt, want, err = decode(stored); err != nil {
			return false, false, err
		}
	}
	key, err := h.derive(ctx, password, cost, salt)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, want) == 1 && stored != ""
	return ok, cost != h.cost, nil
}

func (h *Hasher) derive(ctx context.Context, password secret.String, c Cost, salt []byte) ([]byte, error) {
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait to hash a password: %w", err)
	}
	defer h.slots.Release(1)
	return argon2.IDKey([]byte(password.Reveal()), salt, c.Passes, c.MemoryKiB, c.Threads, keyBytes), nil
}

// encode writes the PHC string format: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>.
func encode(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decode(stored string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("decode password hash: not argon2id version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, fmt.Errorf("decode password hash's cost: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, fmt.Errorf("decode password hash's salt: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return c, nil, nil, fmt.Errorf("decode password hash's key: %w", err)
	}
	if len(key) != keyBytes {
		return c, nil, nil, fmt.Errorf("decode password hash's key: %d bytes, want %d", len(key), keyBytes)
	}
	return c, salt, key, nil
}
