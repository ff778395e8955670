package agent

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// identity is the node's key and certificate, and the authority that it trusts. It
// is one file, so that it is whole or not there.
type identity struct {
	key       crypto.Signer
	cert      *x509.Certificate
	authority *x509.Certificate
	enrolled  time.Time // when this process enrolled; zero if it found the file
}

func (id *identity) tls() *tls.Config { return pki.ClientTLS(id.key, id.cert, id.authority) }

func (a *Agent) identityFile() string { return filepath.Join(a.cfg.DataDir, "identity.pem") }

// identify loads the identity, or enrols when there is none that fits: no file, an
// expired certificate, or a token of another control plane.
func (a *Agent) identify(ctx context.Context) (*identity, error) {
	if err := os.MkdirAll(a.cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	id, err := a.load()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if a.cfg.Token == "" {
			return nil, errors.New("this machine is no node yet: give it an enrolment token (--token), made by “stoa node enroll”")
		}
		return a.enroll(ctx)
	case err != nil:
		return nil, err
	}
	if a.cfg.Token != "" {
		token, err := pki.ParseToken(a.cfg.Token)
		if err == nil && !token.Pin().Matches(id.authority) {
			a.log.Warn("the token is of another control plane than the one this machine belonged to; enrolling there")
			return a.enroll(ctx)
		}
	}
	if !time.Now().Before(id.cert.NotAfter) {
		if a.cfg.Token == "" {
			return nil, fmt.Errorf("this node's certificate expired at %s: enrol the machine again (--token)", id.cert.NotAfter.Format(time.RFC3339))
		}
		return a.enroll(ctx)
	}
	return id, nil
}

func (a *Agent) load() (*identity, error) {
	data, err := os.ReadFile(a.identityFile())
	if err != nil {
		return nil, fmt.Errorf("read identity: %w", err)
	}
	key, certs, err := pki.DecodePEM(data)
	if err != nil {
		return nil, fmt.Errorf("read identity %s: %w", a.identityFile(), err)
	}
	if len(certs) != 2 {
		return nil, fmt.Errorf("read identity %s: it holds %d certificates, want the node's and the authority's", a.identityFile(), len(certs))
	}
	return &identity{key: key, cert: certs[0], authority: certs[1]}, nil
}

// keep stores an identity before it is used.
func (a *Agent) keep(id *identity) error {
	text, err := pki.EncodePEM(id.key, id.cert.Raw, id.authority.Raw)
	if err != nil {
		return err
	}
	return pki.WriteFile(a.identityFile(), text)
}

// enroll uses the token up. It tries again while the control plane cannot be
// reached, until ctx ends; a refusal is final. A nil identity means that ctx ended.
func (a *Agent) enroll(ctx context.Context) (*identity, error) {
	token, err := pki.ParseToken(a.cfg.Token)
	if err != nil {
		return nil, err
	}
	key, request, err := pki.NewRequest()
	if err != nil {
		return nil, err
	}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		id, err := a.enrollOnce(ctx, token, key, request)
		switch {
		case err == nil:
			return id, nil
		case ctx.Err() != nil:
			return nil, nil //nolint:nilnil // nothing went wrong
		case refused(err):
			return nil, fmt.Errorf("enrol: %w", err)
		}
		a.log.Warn("enrolment failed, trying again", "control_plane", a.address, "error", err)
		select {
		case <-ctx.Done():
			return nil, nil //nolint:nilnil // nothing went wrong
		case <-time.After(pause):
		}
	}
}

// refused tells whether trying again would be answered the same.
func refused(err error) bool {
	switch status.Code(err) {
	case codes.Unauthenticated, codes.PermissionDenied, codes.InvalidArgument, codes.Unimplemented:
		return true
	}
	return errors.Is(err, pki.ErrPin)
}

func (a *Agent) enrollOnce(ctx context.Context, token pki.Token, key crypto.Signer, request []byte) (*identity, error) {
	var authority *x509.Certificate
	wrong := make(chan error, 1)
	conn, err := dial(a.address, pki.PinnedTLS(token.Pin(), func(c *x509.Certificate) { authority = c }), wrong)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	made, err := agentv1.NewAgentClient(conn).Enroll(ctx, &agentv1.EnrollRequest{
		Token: token.Reveal(), CertificateRequest: request, HostName: a.host,
	})
	if err != nil {
		return nil, errors.Join(err, drain(wrong))
	}
	cert, err := x509.ParseCertificate(made.GetCertificate())
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	id := &identity{key: key, cert: cert, authority: authority, enrolled: time.Now()}
	if err := a.keep(id); err != nil {
		return nil, err
	}
	a.log.Info("enrolled", "node_id", made.GetNodeId(), "node", made.GetNodeName(), "control_plane", a.address)
	return id, nil
}

// renew replaces key and certificate. The new ones serve from the next session on.
// Once asked for, they are waited for: the session's end does not lose them.
func (a *Agent) renew(ctx context.Context, client agentv1.AgentClient, id *identity) error {
	key, request, err := pki.NewRequest()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	made, err := client.Renew(ctx, &agentv1.RenewRequest{CertificateRequest: request})
	if err != nil {
		return fmt.Errorf("renew certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(made.GetCertificate())
	if err != nil {
		return fmt.Errorf("read renewed certificate: %w", err)
	}
	fresh := identity{key: key, cert: cert, authority: id.authority, enrolled: id.enrolled}
	if err := a.keep(&fresh); err != nil {
		return err
	}
	*id = fresh
	a.log.Info("certificate renewed", "until", cert.NotAfter)
	return nil
}
