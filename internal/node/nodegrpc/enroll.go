package nodegrpc

import (
	"context"
	"net"

	"google.golang.org/grpc/peer"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// Enroll implements the RPC: a token becomes a node.
func (s *Server) Enroll(ctx context.Context, in *agentv1.EnrollRequest) (*agentv1.EnrollResponse, error) {
	ctx = as(ctx, command.Actor{Kind: command.Anonymous}, "node.enroll/"+address(ctx), address(ctx))
	made, err := s.Slice.Admit(ctx, node.Admit{Token: in.GetToken(), Request: in.GetCertificateRequest(), HostName: in.GetHostName()})
	if err != nil {
		return nil, err
	}
	return &agentv1.EnrollResponse{NodeId: made.NodeID.String(), NodeName: made.Name, Certificate: made.Certificate}, nil
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
