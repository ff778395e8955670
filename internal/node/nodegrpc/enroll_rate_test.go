package nodegrpc

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// daily is so many requests of each group in a day: none comes back while the test runs.
type daily map[string]int64

func (d daily) Rate(_ context.Context, group string, actor command.Actor) (ratelimit.Policy, bool) {
	return ratelimit.Policy{Name: group, Requests: d[group], Window: 24 * time.Hour}, actor.Kind == command.Anonymous
}

func TestEnrollingIsLimitedByAddress(t *testing.T) {
	p := start(t, node.Config{})
	p.Limiter, p.Rates = ratelimit.NewInProcess(p.clock), daily{"api": 6, "auth": 2}
	c := p.stranger(t)
	enroll := func(token string) error {
		t.Helper()
		_, request, err := pki.NewRequest()
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Enroll(t.Context(), &agentv1.EnrollRequest{Token: token, CertificateRequest: request, HostName: "rack-1"})
		return err
	}
	is := func(err error, code codes.Code, rate string) {
		t.Helper()
		if status.Code(err) != code || err != nil && !strings.Contains(err.Error(), rate) {
			t.Errorf("got %v, want %v because of %q", err, code, rate)
		}
	}
	is(enroll("guess"), codes.Unauthenticated, "token")
	is(enroll("guess"), codes.Unauthenticated, "token")
	is(enroll("guess"), codes.ResourceExhausted, "rate.auth")
	is(enroll(p.token(t)), codes.OK, "") // somebody else there guesses
	is(enroll("guess"), codes.ResourceExhausted, "rate.auth")
	is(enroll(p.token(t)), codes.OK, "")
	unused := p.token(t)
	is(enroll(unused), codes.ResourceExhausted, "rate.api")
	is(enroll("guess"), codes.ResourceExhausted, "rate.api")

	p.Limiter = ratelimit.NewInProcess(p.clock) // a day later
	is(enroll(unused), codes.OK, "")            // being refused did not use it up
}
