package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// ServerName is the control plane's name in its certificate, whatever address agents dial.
const ServerName = "control-plane.stoa.internal"

const (
	trustDomain       = "stoa"
	pathServer        = "/control-plane"
	pathSigner        = "/task-signer"
	pathNode          = "/node/"
	authorityLifetime = 10 * 365 * 24 * time.Hour
	ownLifetime       = 90 * 24 * time.Hour
	// clockSkew is how far behind an agent's clock may be and still accept a fresh certificate.
	clockSkew = time.Hour
)

// Bounds of a node certificate's lifetime.
const (
	MinNodeLifetime     = 24 * time.Hour
	MaxNodeLifetime     = 7 * 24 * time.Hour
	DefaultNodeLifetime = MaxNodeLifetime
)

// Pin is the SHA-256 of the authority's certificate.
type Pin [sha256.Size]byte

// Matches tells whether it is the pin of this authority.
func (p Pin) Matches(authority *x509.Certificate) bool { return sha256.Sum256(authority.Raw) == p }

// Authority issues certificates.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	now  func() time.Time
}

// Open loads the authority from dir, and makes it the first time. Certificate and
// key are one file, ca.pem, readable by its owner alone: replicas share it.
func Open(dir string, now func() time.Time) (*Authority, error) {
	path := filepath.Join(dir, "ca.pem")
	a, err := load(path, now)
	if !errors.Is(err, fs.ErrNotExist) {
		return a, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the authority's folder: %w", err)
	}
	if a, err = create(now); err != nil {
		return nil, err
	}
	blocks, err := EncodePEM(a.key, a.cert.Raw)
	if err != nil {
		return nil, err
	}
	if err := WriteFile(path, blocks); err != nil {
		return nil, err
	}
	return a, nil
}

func load(path string, now func() time.Time) (*Authority, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open the authority: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("open the authority: %s is readable by others; run chmod 600 on it", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open the authority: %w", err)
	}
	key, certs, err := DecodePEM(data)
	if err != nil {
		return nil, fmt.Errorf("open the authority %s: %w", path, err)
	}
	if len(certs) != 1 || !certs[0].IsCA {
		return nil, fmt.Errorf("open the authority %s: it holds no authority's certificate", path)
	}
	return &Authority{cert: certs[0], key: key, now: now}, nil
}

func create(now func() time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Stoa node authority"},
		URIs:                  []*url.URL{spiffe("")},
		NotBefore:             now().Add(-clockSkew),
		NotAfter:              now().Add(authorityLifetime),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	cert, err := sign(template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the authority's certificate: %w", err)
	}
	return &Authority{cert: cert, key: key, now: now}, nil
}

// Certificate is the authority's own, which agents keep.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// Pin is what an enrolment token carries.
func (a *Authority) Pin() Pin { return sha256.Sum256(a.cert.Raw) }

// Pool trusts this authority alone.
func (a *Authority) Pool() *x509.CertPool { return poolOf(a.cert) }

// IssueNode makes a node's certificate (DER) for the key in a PKCS #10 request.
// Nothing else of the request is used.
func (a *Authority) IssueNode(nodeID string, request []byte, lifetime time.Duration) ([]byte, error) {
	csr, err := x509.ParseCertificateRequest(request)
	if err != nil {
		return nil, fmt.Errorf("read certificate request: %w", err)
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, fmt.Errorf("check certificate request: %w", err)
	}
	if key, ok := csr.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("check certificate request: the key is not ECDSA P-256")
	}
	lifetime = min(max(lifetime, MinNodeLifetime), MaxNodeLifetime)
	cert, err := a.issue(spiffe(pathNode+nodeID), csr.PublicKey, lifetime, x509.ExtKeyUsageClientAuth)
	if err != nil {
		return nil, err
	}
	return cert.Raw, nil
}

// issue signs a certificate that is no authority, for one use.
func (a *Authority) issue(name *url.URL, key crypto.PublicKey, lifetime time.Duration, use x509.ExtKeyUsage, dns ...string) (*x509.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: name.Path[1:]},
		URIs:                  []*url.URL{name},
		DNSNames:              dns,
		NotBefore:             a.now().Add(-clockSkew),
		NotAfter:              a.now().Add(lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{use},
		BasicConstraintsValid: true,
	}
	cert, err := sign(template, a.cert, key, a.key)
	if err != nil {
		return nil, fmt.Errorf("issue certificate for %s: %w", name, err)
	}
	return cert, nil
}

func sign(template, parent *x509.Certificate, key crypto.PublicKey, by crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[0] &= 0x7f           // positive, 20 octets at most
	return new(big.Int).SetBytes(b[:])
}

func spiffe(path string) *url.URL { return &url.URL{Scheme: "spiffe", Host: trustDomain, Path: path} }

func poolOf(cert *x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}

// EncodePEM writes a key (PKCS #8) and certificates (DER) as one text.
func EncodePEM(key crypto.Signer, certs ...[]byte) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	for _, cert := range certs {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
	}
	return text, nil
}

// DecodePEM reads what EncodePEM wrote, and requires that the first certificate is for the key.
func DecodePEM(text []byte) (crypto.Signer, []*x509.Certificate, error) {
	var key crypto.Signer
	var certs []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("read key: %w", err)
			}
			signer, ok := parsed.(crypto.Signer)
			if !ok {
				return nil, nil, fmt.Errorf("read key: a %T cannot sign", parsed)
			}
			key = signer
		case "CERTIFICATE":
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("read certificate: %w", err)
			}
			certs = append(certs, cert)
		}
	}
	if key == nil || len(certs) == 0 {
		return nil, nil, errors.New("it holds no key with a certificate")
	}
	if public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(certs[0].PublicKey) {
		return nil, nil, errors.New("the certificate is not for the key")
	}
	return key, certs, nil
}

// WriteFile puts a secret in place whole or not at all, readable by its owner alone.
func WriteFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
