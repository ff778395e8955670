package pki

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, dir string) *Authority {
	t.Helper()
	a, err := Open(dir, time.Now)
	if err != nil {
		t.Fatalf("open authority: %v", err)
	}
	return a
}

func TestAuthorityLasts(t *testing.T) {
	dir := t.TempDir()
	first, again := open(t, dir), open(t, dir)
	if first.Pin() != again.Pin() {
		t.Error("a second open made another authority")
	}
	path := filepath.Join(dir, "ca.pem")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key's mode is %v (%v), want 0600", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, time.Now); err == nil {
		t.Error("a key that others can read was accepted")
	}
}

func TestDamagedAuthorityIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(path, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, time.Now); err == nil {
		t.Error("a damaged authority was accepted")
	}
	if got, _ := os.ReadFile(path); string(got) != "half a file" {
		t.Error("a damaged authority was overwritten")
	}
}

// handshake joins both configurations over a pipe and returns what each side says.
func handshake(server, client *tls.Config) (state tls.ConnectionState, serverErr, clientErr error) {
	a, b := net.Pipe()
	done := make(chan error, 1)
	srv := tls.Server(a, server)
	go func() {
		err := srv.HandshakeContext(context.Background())
		if err == nil { // one byte, so that the client learns of a refused certificate
			_, err = srv.Write([]byte{1})
		}
		_ = a.Close()
		done <- err
	}()
	cli := tls.Client(b, client)
	_, clientErr = cli.Read(make([]byte, 1))
	_ = b.Close()
	serverErr = <-done
	return srv.ConnectionState(), serverErr, clientErr
}

func TestPin(t *testing.T) {
	ours, theirs := open(t, t.TempDir()), open(t, t.TempDir())
	var learnt *x509.Certificate
	learn := func(c *x509.Certificate) { learnt = c }
	if _, _, err := handshake(ours.ServerTLS(), PinnedTLS(ours.Pin(), learn)); err != nil {
		t.Fatalf("the right server was refused: %v", err)
	}
	if !learnt.Equal(ours.Certificate()) {
		t.Error("the agent did not learn the authority")
	}
	learnt = nil
	if _, _, err := handshake(theirs.ServerTLS(), PinnedTLS(ours.Pin(), learn)); !errors.Is(err, ErrPin) {
		t.Errorf("another server: %v, want ErrPin", err)
	}
	// Another server that shows our authority's certificate behind its own.
	liar := theirs.ServerTLS()
	cert, err := theirs.issueServer()
	if err != nil {
		t.Fatal(err)
	}
	cert.Certificate[1] = ours.Certificate().Raw
	liar.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert, nil }
	if _, _, err := handshake(liar, PinnedTLS(ours.Pin(), learn)); err == nil {
		t.Error("a server with a borrowed authority was accepted")
	}
	if learnt != nil {
		t.Error("something was learnt from a refused server")
	}
}

func TestNodeCertificate(t *testing.T) {
	ours, theirs := open(t, t.TempDir()), open(t, t.TempDir())
	key, request, err := NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	issue := func(a *Authority) *x509.Certificate {
		der, err := a.IssueNode("n1", request, DefaultNodeLifetime)
		if err != nil {
			t.Fatalf("issue: %v", err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	cert := issue(ours)
	if state, _, err := handshake(ours.ServerTLS(), ClientTLS(key, cert, ours.Certificate())); err != nil {
		t.Errorf("own node refused: %v", err)
	} else if id, ok := NodeID(state.PeerCertificates[0]); !ok || id != "n1" {
		t.Errorf("the certificate names %q, %v", id, ok)
	}
	if _, err, _ := handshake(ours.ServerTLS(), ClientTLS(key, issue(theirs), ours.Certificate())); err == nil {
		t.Error("a node of another authority was accepted")
	}
	if _, _, err := handshake(theirs.ServerTLS(), ClientTLS(key, cert, ours.Certificate())); err == nil {
		t.Error("a node accepted another authority's server")
	}
	later := ours.ServerTLS()
	later.Time = func() time.Time { return time.Now().Add(DefaultNodeLifetime + time.Hour) }
	if _, err, _ := handshake(later, ClientTLS(key, cert, ours.Certificate())); err == nil {
		t.Error("an expired certificate was accepted")
	}
	// A node cannot pose as the control plane.
	posing := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw, ours.cert.Raw}, PrivateKey: key}}}
	if _, _, err := handshake(posing, PinnedTLS(ours.Pin(), func(*x509.Certificate) {})); err == nil {
		t.Error("a node's certificate passed as the control plane's")
	}
}

func TestCertificateRequestsAreChecked(t *testing.T) {
	a := open(t, t.TempDir())
	_, request, err := NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Clone(request)
	forged[len(forged)-1] ^= 1
	for name, bad := range map[string][]byte{"nothing": nil, "noise": []byte("noise"), "forged": forged} {
		if _, err := a.IssueNode("n1", bad, DefaultNodeLifetime); err == nil {
			t.Errorf("%s: a certificate was issued", name)
		}
	}
}

func TestRenewAtTwoThirds(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	cert := &x509.Certificate{NotBefore: start, NotAfter: start.Add(72 * time.Hour)}
	if got, want := RenewAt(cert), start.Add(48*time.Hour); !got.Equal(want) {
		t.Errorf("renew at %v, want %v", got, want)
	}
	if Due(cert, start.Add(48*time.Hour-1)) || !Due(cert, start.Add(48*time.Hour)) {
		t.Error("due at the wrong time")
	}
}

func TestTokenText(t *testing.T) {
	token := NewToken(Pin{1, 2, 3})
	parsed, err := ParseToken(token.Reveal() + "\n")
	if err != nil || parsed != token || !bytes.Equal(parsed.Hash(), token.Hash()) {
		t.Fatalf("parsed %v, %v", parsed, err)
	}
	if token.String() != "stoa_node_***" {
		t.Errorf("printing a token shows %s", token)
	}
	text := token.Reveal()
	for _, bad := range []string{"", "stoa_node_", text[:len(text)-1], text + "0", text[1:], "stoa_pat_" + text[len(tokenPrefix):]} {
		if _, err := ParseToken(bad); !errors.Is(err, ErrToken) {
			t.Errorf("%q: %v, want ErrToken", bad, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(NewToken(Pin{}).Reveal())
	f.Add("stoa_node__")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := ParseToken(text)
		if err != nil {
			return
		}
		if again, err := ParseToken(token.Reveal()); err != nil || again != token {
			t.Errorf("%q does not survive: %v", text, err)
		}
	})
}

func TestSigner(t *testing.T) {
	ours, theirs := open(t, t.TempDir()), open(t, t.TempDir())
	signer, err := ours.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := NewVerifier(signer.Certificate(), ours.Certificate(), time.Now())
	if err != nil {
		t.Fatalf("own signer refused: %v", err)
	}
	task := []byte("task")
	signature := signer.Sign(task)
	if err := verifier.Verify(task, signature); err != nil {
		t.Errorf("verify: %v", err)
	}
	if verifier.Verify([]byte("tusk"), signature) == nil || verifier.Verify(task, signature[1:]) == nil || verifier.Verify(task, nil) == nil {
		t.Error("a signature of something else was accepted")
	}
	if _, err := NewVerifier(signer.Certificate(), theirs.Certificate(), time.Now()); err == nil {
		t.Error("another authority's signer was accepted")
	}
	server, err := ours.issueServer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewVerifier(server.Certificate[0], ours.Certificate(), time.Now()); err == nil {
		t.Error("the server's certificate passed as a task signer's")
	}
}

func BenchmarkSign(b *testing.B) {
	a, err := Open(b.TempDir(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	signer, err := a.NewSigner()
	if err != nil {
		b.Fatal(err)
	}
	task := make([]byte, 300)
	for b.Loop() {
		signer.Sign(task)
	}
}

func BenchmarkVerify(b *testing.B) {
	a, err := Open(b.TempDir(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	signer, err := a.NewSigner()
	if err != nil {
		b.Fatal(err)
	}
	verifier, err := NewVerifier(signer.Certificate(), a.Certificate(), time.Now())
	if err != nil {
		b.Fatal(err)
	}
	task := make([]byte, 300)
	signature := signer.Sign(task)
	for b.Loop() {
		if err := verifier.Verify(task, signature); err != nil {
			b.Fatal(err)
		}
	}
}
