package pki

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// signedContext keeps task signatures from meaning anything elsewhere.
const signedContext = "stoa task v1\n"

// Signer signs tasks. Its key lives in this process only; agents know it by its certificate.
type Signer struct {
	key  ed25519.PrivateKey
	cert *x509.Certificate
}

// NewSigner makes a key and has the authority vouch for it.
func (a *Authority) NewSigner() (*Signer, error) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make task signing key: %w", err)
	}
	cert, err := a.issue(spiffe(pathSigner), public, ownLifetime, x509.ExtKeyUsageCodeSigning)
	if err != nil {
		return nil, err
	}
	return &Signer{key: key, cert: cert}, nil
}

// Certificate (DER) is what an agent needs to verify.
func (s *Signer) Certificate() []byte { return s.cert.Raw }

// Due tells whether it is time for another signer.
func (s *Signer) Due(now time.Time) bool { return Due(s.cert, now) }

// Sign signs the bytes of a task.
func (s *Signer) Sign(task []byte) []byte {
	return ed25519.Sign(s.key, append([]byte(signedContext), task...))
}

// Verifier checks what one Signer signed.
type Verifier struct{ key ed25519.PublicKey }

// ErrSignature says that a task was not signed by this session's signer.
var ErrSignature = errors.New("the task's signature does not hold")

// NewVerifier trusts a signer's certificate (DER) if the authority vouches for it.
func NewVerifier(der []byte, authority *x509.Certificate, now time.Time) (*Verifier, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read task signer's certificate: %w", err)
	}
	_, err = cert.Verify(x509.VerifyOptions{
		Roots: poolOf(authority), CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	})
	if err != nil {
		return nil, fmt.Errorf("verify task signer: %w", err)
	}
	key, ok := cert.PublicKey.(ed25519.PublicKey)
	if !ok || len(cert.URIs) != 1 || *cert.URIs[0] != *spiffe(pathSigner) {
		return nil, errors.New("verify task signer: the certificate is for something else")
	}
	return &Verifier{key: key}, nil
}

// Verify checks the signature of a task's bytes.
func (v *Verifier) Verify(task, signature []byte) error {
	if len(signature) != ed25519.SignatureSize || !ed25519.Verify(v.key, append([]byte(signedContext), task...), signature) {
		return ErrSignature
	}
	return nil
}
