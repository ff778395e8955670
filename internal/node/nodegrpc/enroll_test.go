package nodegrpc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

func TestEnrolOnce(t *testing.T) {
	p := start(t, node.Config{})
	token := p.token(t)
	first := p.machine(t, token, t.TempDir())
	wait(t, p.work.opened)
	info, err := os.Stat(filepath.Join(first.dir, "identity.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("identity file: %v, %v", info.Mode(), err)
	}
	if err := wait(t, p.machine(t, token, t.TempDir()).done); status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "used already") {
		t.Errorf("a second machine with the token: %v", err)
	}
	first.stop()
	wait(t, first.done)
	p.machine(t, token, first.dir) // with the spent token still on its command line, as a unit file has it
	if o := wait(t, p.work.opened); o.session.Epoch != 2 {
		t.Errorf("after a restart: %+v", o)
	}
}

func TestExpiredToken(t *testing.T) {
	p := start(t, node.Config{})
	token := p.token(t)
	p.turnClock(node.DefaultTokenLife)
	if err := wait(t, p.machine(t, token, t.TempDir()).done); status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired token: %v", err)
	}
}

func TestWrongPin(t *testing.T) {
	ours, theirs := start(t, node.Config{}), start(t, node.Config{})
	token := ours.token(t)
	m := theirs.machine(t, token, t.TempDir()) // the machine was sent to somebody else
	if err := wait(t, m.done); !errors.Is(err, pki.ErrPin) {
		t.Errorf("the wrong control plane: %v", err)
	}
	ours.machine(t, token, m.dir) // and the token was not shown to them
	wait(t, ours.work.opened)
}

func TestTokenOfAnotherControlPlaneMovesTheMachine(t *testing.T) {
	before, after := start(t, node.Config{}), start(t, node.Config{})
	m, _ := before.join(t)
	m.stop()
	wait(t, m.done)
	after.machine(t, after.token(t), m.dir)
	if o := wait(t, after.work.opened); o.session.Epoch != 1 {
		t.Errorf("opened %+v", o)
	}
}

func TestRemovedMachineJoinsAgainWithANewToken(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	m.stop()
	wait(t, m.done)
	if _, err := p.Slice.Remove(asOperator(t), node.Remove{NodeID: s.NodeID}); err != nil {
		t.Fatal(err)
	}
	p.machine(t, p.token(t), m.dir)
	if o := wait(t, p.work.opened); o.session.NodeID == s.NodeID || o.session.Epoch != 1 {
		t.Errorf("opened %+v", o)
	}
}

func TestCertificateIsRenewedInTime(t *testing.T) {
	p := startAt(t, node.Config{}, -5*24*time.Hour) // what it issues now is five days old, of seven
	renewed := make(chan error, 10)
	renew := p.Slice.Renew
	p.Slice.Renew = func(ctx context.Context, in node.Renew) (node.Renewed, error) {
		made, err := renew(ctx, in)
		renewed <- err
		return made, err
	}
	m, _ := p.join(t)
	if err := wait(t, renewed); err != nil {
		t.Fatal(err)
	}
	m.stop()
	wait(t, m.done)
	p.turnClock(0)
	m = p.machine(t, "", m.dir)
	wait(t, p.work.opened)
	if err := wait(t, renewed); err != nil {
		t.Fatal(err)
	}
	m.stop()
	wait(t, m.done)
	text, err := os.ReadFile(filepath.Join(m.dir, "identity.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, certs, err := pki.DecodePEM(text); err != nil || pki.Due(certs[0], time.Now()) {
		t.Errorf("the stored certificate is not fresh: %v", err)
	}
	p.machine(t, "", m.dir) // and it serves
	wait(t, p.work.opened)
	none(t, renewed)
}

// stranger has no certificate.
func (p *plane) stranger(t *testing.T) agentv1.AgentClient {
	t.Helper()
	config := pki.PinnedTLS(p.authority.Pin(), nil)
	config.VerifyConnection = nil // what strangers do
	conn, err := grpc.NewClient("passthrough:///"+p.link.address(), grpc.WithTransportCredentials(credentials.NewTLS(config)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return agentv1.NewAgentClient(conn)
}

func TestStrangersGetNowhere(t *testing.T) {
	p := start(t, node.Config{})
	c := p.stranger(t)
	if _, err := c.Enroll(t.Context(), &agentv1.EnrollRequest{Token: "guess"}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("enrol: %v", err)
	}
	if _, err := c.Renew(t.Context(), &agentv1.RenewRequest{}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("renew: %v", err)
	}
	stream, err := c.Session(t.Context())
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Unauthenticated {
		t.Errorf("session: %v", err)
	}
}

func TestSessionStartsWithHello(t *testing.T) {
	p := start(t, node.Config{})
	m, _ := p.join(t)
	m.stop()
	wait(t, m.done)
	c := p.client(t, m.dir)
	hello := &agentv1.FromAgent{Message: &agentv1.FromAgent_Hello{Hello: &agentv1.Hello{}}}
	for name, first := range map[string][]*agentv1.FromAgent{
		"heartbeat":  {{Message: &agentv1.FromAgent_Heartbeat{Heartbeat: &agentv1.Heartbeat{}}}},
		"nothing":    {{}},
		"two hellos": {hello, hello},
		"bad ref":    {hello, {Message: &agentv1.FromAgent_Started{Started: &agentv1.Started{Ref: &agentv1.TaskRef{Kind: "execution", Id: "1"}}}}},
	} {
		stream, err := c.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range first {
			if err := stream.Send(message); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := drainStream(stream); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}
