package secret

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestSealedSecretsOpenForTheirPurposeOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.keys")
	keys, err := OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := keys.Seal(New("hunter2"), "a/1")
	if again := keys.Seal(New("hunter2"), "a/1"); bytes.Equal(sealed, again) || bytes.Contains(sealed, []byte("hunter2")) {
		t.Error("sealing shows something")
	}
	if keys, err = OpenKeys(path); err != nil { // the next start
		t.Fatal(err)
	}
	if plain, err := keys.Open(sealed, "a/1"); err != nil || plain.Reveal() != "hunter2" {
		t.Errorf("%q, %v", plain.Reveal(), err)
	}
	if _, err := keys.Open(sealed, "a/2"); !errors.Is(err, ErrSealed) {
		t.Errorf("for another purpose: %v", err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := keys.Open(changed, "a/1"); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := keys.Open(sealed[:i], "a/1"); !errors.Is(err, ErrSealed) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
}

func TestANewKeyIsANewLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.keys")
	old, err := OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := old.Seal(New("hunter2"), "a")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(NewKeyLine().Reveal() + "\n"); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	both, err := OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := both.Open(sealed, "a"); err != nil || plain.Reveal() != "hunter2" {
		t.Errorf("%v", err)
	}
	if _, err := old.Open(both.Seal(New("x"), "a"), "a"); !errors.Is(err, ErrSealed) {
		t.Errorf("the new key does not seal: %v", err)
	}
}

func TestKeyFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "\n", "words": "not a key at all\n", "short": "00000000 AAAA\n"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(path); err == nil {
			t.Errorf("%s was read", name)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%s was replaced", name)
		}
	}
	made := filepath.Join(dir, "made")
	if _, err := OpenKeys(made); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
