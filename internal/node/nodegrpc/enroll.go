package nodegrpc

import (
	"context"
	"math"
	"net"

	"google.golang.org/grpc/peer"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// The groups of rates that enrolling counts against, both of the caller's network. The
// second is for tokens that did not hold: a machine whose token does is not kept out by
// others who guess from where it is.
const (
	enrolRate  = "api"
	failedRate = "auth"
)

// Enroll implements the RPC: a token becomes a node.
func (s *Server) Enroll(ctx context.Context, in *agentv1.EnrollRequest) (*agentv1.EnrollResponse, error) {
	from := address(ctx)
	nobody := command.Actor{Kind: command.Anonymous}
	ctx = as(ctx, nobody, "node.enroll/"+from, from)
	if err := s.take(ctx, enrolRate, nobody, "enroll/"+ratelimit.Network(from)); err != nil {
		return nil, err
	}
	made, err := s.Slice.Admit(ctx, node.Admit{Token: in.GetToken(), Request: in.GetCertificateRequest(), HostName: in.GetHostName()})
	if fault.KindOf(err) == fault.Unauthenticated {
		if tooFast := s.take(ctx, failedRate, nobody, "enroll.failed/"+ratelimit.Network(from)); tooFast != nil {
			return nil, tooFast
		}
	}
	if err != nil {
		return nil, err
	}
	return &agentv1.EnrollResponse{NodeId: made.NodeID.String(), NodeName: made.Name, Certificate: made.Certificate}, nil
}

// take takes one request out of a rate. It fails open: a limiter that cannot decide must
// not become an outage.
func (s *Server) take(ctx context.Context, group string, actor command.Actor, key string) error {
	if s.Limiter == nil || s.Rates == nil {
		return nil
	}
	policy, limited := s.Rates.Rate(ctx, group, actor)
	if !limited {
		return nil
	}
	decision, err := s.Limiter.Take(ctx, key, policy)
	if err != nil {
		s.Log.WarnContext(ctx, "rate limiter failed; letting the enrolment pass", "group", group, "error", err)
		return nil
	}
	if decision.Allowed {
		return nil
	}
	return fault.New(fault.Limited, "node.enroll_rate", "Too many attempts to enrol from this address: %d per %d s are allowed (rate.%s, of callers who are nobody yet). Try again in %d s.",
		policy.Requests, int64(policy.Window.Seconds()), policy.Name, int64(math.Ceil(decision.RetryAfter.Seconds()))).After(decision.RetryAfter)
}

// Renew implements the RPC: the calling node gets another certificate.
func (s *Server) Renew(ctx context.Context, in *agentv1.RenewRequest) (*agentv1.RenewResponse, error) {
	made, err := s.Slice.Renew(asNode(ctx, caller(ctx)), node.Renew{Request: in.GetCertificateRequest()})
	if err != nil {
		return nil, err
	}
	return &agentv1.RenewResponse{Certificate: made.Certificate}, nil
}

// address is where the caller dialled from, without the port.
func address(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok || p.Addr == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(p.Addr.String())
	if err != nil {
		return p.Addr.String()
	}
	return host
}
