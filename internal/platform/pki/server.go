package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"sync"
)

// ServerTLS is the control plane's side: it shows a certificate with the authority
// behind it, so that a new agent can compare the pin, and takes nodes'
// certificates. A caller without one may pass; the RPC's role decides.
func (a *Authority) ServerTLS() *tls.Config {
	var mu sync.Mutex
	var current *tls.Certificate
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		NextProtos: []string{"h2"},
		Time:       a.now,
		ClientAuth: tls.VerifyClientCertIfGiven,
		ClientCAs:  a.Pool(),
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			mu.Lock()
			defer mu.Unlock()
			if current == nil || Due(current.Leaf, a.now()) {
				fresh, err := a.issueServer()
				if err != nil {
					return nil, err
				}
				current = fresh
			}
			return current, nil
		},
	}
}

func (a *Authority) issueServer() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make server key: %w", err)
	}
	cert, err := a.issue(spiffe(pathServer), key.Public(), ownLifetime, x509.ExtKeyUsageServerAuth, ServerName)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{cert.Raw, a.cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}

// NodeID names the node that a certificate is for; false if it is for something else.
// The certificate's chain has been verified by the handshake.
func NodeID(cert *x509.Certificate) (string, bool) {
	if len(cert.URIs) != 1 || cert.URIs[0].Scheme != "spiffe" || cert.URIs[0].Host != trustDomain {
		return "", false
	}
	id, ok := strings.CutPrefix(cert.URIs[0].Path, pathNode)
	return id, ok && id != ""
}
