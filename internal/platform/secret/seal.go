package secret

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Keys seals secrets that Stoa must be able to show to others again (a webhook's
// signing secret, a password of another system), so that the database and its
// backups alone give none of them away.
//
// The keys lie in a file beside the database's folder: one line each, an id and 32
// random bytes in base 64. The last one seals; the earlier ones still open what they
// sealed, so that a new key is a new last line.
type Keys struct {
	newest keyID
	byID   map[keyID]cipher.AEAD
}

type keyID [4]byte

const (
	sealVersion = 1
	keySize     = 32 // AES-256-GCM, with a random nonce
)

// ErrSealed says that a sealed text cannot be opened: its key is not in the file, it
// was changed, or it was sealed for something else.
var ErrSealed = errors.New("the sealed text cannot be opened with the keys of this installation")

// OpenKeys reads the keys of a file, and makes it with a first key when there is none.
// Every process on one database needs the same file.
func OpenKeys(path string) (*Keys, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKeys(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open sealing keys: %w", err)
	}
	k, err := parseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("read sealing keys %s: %w", path, err)
	}
	return k, nil
}

// makeKeys puts a file in place whole or not at all; of two processes that try, the
// first one's stays.
func makeKeys(path string) ([]byte, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".seal-*") // 0600
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(NewKeyLine().Reveal() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

// NewKeyLine makes one more line for the file.
func NewKeyLine() String {
	b := make([]byte, len(keyID{})+keySize)
	_, _ = rand.Read(b) // never fails: crypto/rand crashes the program instead
	return String{hex.EncodeToString(b[:4]) + " " + base64.StdEncoding.EncodeToString(b[4:])}
}

func parseKeys(text []byte) (*Keys, error) {
	k := &Keys{byID: map[keyID]cipher.AEAD{}}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		var id keyID
		if len(fields) != 2 || len(fields[0]) != hex.EncodedLen(len(id)) {
			return nil, fmt.Errorf("line %d is not an id and a key", n)
		}
		if _, err := hex.Decode(id[:], []byte(fields[0])); err != nil {
			return nil, fmt.Errorf("line %d: the id is not hexadecimal", n)
		}
		key, err := base64.StdEncoding.DecodeString(fields[1])
		if err != nil || len(key) != keySize {
			return nil, fmt.Errorf("line %d: the key is not %d bytes in base 64", n, keySize)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		if k.byID[id], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, err
		}
		k.newest = id
	}
	if len(k.byID) == 0 {
		return nil, errors.New("there is no key in it")
	}
	return k, nil
}

// Seal encrypts a secret for one purpose and owner ("subscription/<id>/secret"): put
// into another row, it does not open.
func (k *Keys) Seal(plain String, purpose string) []byte {
	head := append([]byte{sealVersion}, k.newest[:]...)
	return k.byID[k.newest].Seal(head, nil, []byte(plain.value), []byte(purpose)) //nolint:gosec // this AEAD makes its own nonce, and takes none
}

// Open decrypts what Seal gave, for the same purpose.
func (k *Keys) Open(sealed []byte, purpose string) (String, error) {
	const head = 1 + len(keyID{})
	if len(sealed) < head || sealed[0] != sealVersion {
		return String{}, ErrSealed
	}
	key, known := k.byID[keyID(sealed[1:head])]
	if !known {
		return String{}, fmt.Errorf("%w: key %x is missing", ErrSealed, sealed[1:head])
	}
	plain, err := key.Open(nil, nil, sealed[head:], []byte(purpose))
	if err != nil {
		return String{}, ErrSealed
	}
	return String{string(plain)}, nil
}
