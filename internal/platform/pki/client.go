package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// ErrPin says that the server's authority is not the one that the token names.
var ErrPin = errors.New("the server is not the one that the token was made by: the SHA-256 of its authority differs")

// NewRequest makes a key (ECDSA P-256) and a certificate request (DER) for it.
func NewRequest() (crypto.Signer, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make node key: %w", err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, nil, fmt.Errorf("make certificate request: %w", err)
	}
	return key, request, nil
}

// Due tells whether two thirds of the certificate's lifetime have passed: time to renew.
func Due(cert *x509.Certificate, now time.Time) bool { return !now.Before(RenewAt(cert)) }

// RenewAt is when two thirds of the certificate's lifetime have passed.
func RenewAt(cert *x509.Certificate) time.Time {
	return cert.NotAfter.Add(-cert.NotAfter.Sub(cert.NotBefore) / 3)
}

// PinnedTLS is a new agent's side: no certificate of its own yet, and trust in
// exactly one authority, which the server must show and which learn receives.
func PinnedTLS(pin Pin, learn func(authority *x509.Certificate)) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2"},
		ServerName: ServerName,
		// The chain is verified below, against the pinned authority and nothing else.
		InsecureSkipVerify: true, //nolint:gosec // see VerifyConnection
		VerifyConnection: func(state tls.ConnectionState) error {
			shown := state.PeerCertificates
			authority := shown[len(shown)-1]
			if !pin.Matches(authority) {
				return ErrPin
			}
			if err := verifyServer(shown[0], authority, time.Now()); err != nil {
				return err
			}
			learn(authority)
			return nil
		},
	}
}

func verifyServer(leaf, authority *x509.Certificate, now time.Time) error {
	_, err := leaf.Verify(x509.VerifyOptions{
		DNSName: ServerName, Roots: poolOf(authority), CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return fmt.Errorf("verify server: %w", err)
	}
	return nil
}

// ClientTLS is an enrolled agent's side.
func ClientTLS(key crypto.Signer, cert, authority *x509.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2"},
		ServerName: ServerName,
		RootCAs:    poolOf(authority),
		Certificates: []tls.Certificate{{
			Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert,
		}},
	}
}
