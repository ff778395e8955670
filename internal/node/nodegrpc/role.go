package nodegrpc

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// roles maps each RPC's full name to the role that the proto gives it.
type roles map[string]agentv1.Role

// rolesOf reads the roles from the proto, and fails for an RPC that names none.
func rolesOf(file protoreflect.FileDescriptor) (roles, error) {
	all := roles{}
	for i := range file.Services().Len() {
		service := file.Services().Get(i)
		for j := range service.Methods().Len() {
			method := service.Methods().Get(j)
			role, _ := proto.GetExtension(method.Options(), agentv1.E_Role).(agentv1.Role)
			if role == agentv1.Role_ROLE_UNSPECIFIED {
				return nil, fmt.Errorf("%s names no role: add “option (role) = …” to the proto", method.FullName())
			}
			all[fmt.Sprintf("/%s/%s", service.FullName(), method.Name())] = role
		}
	}
	return all, nil
}

type callerKey struct{}

// caller is the node that a certificate proved.
func caller(ctx context.Context) ident.ID {
	id, _ := ctx.Value(callerKey{}).(ident.ID)
	return id
}

// admit checks the role. A removed node passes here: its certificate is good, and
// the commands behind every RPC look the node up.
func (r roles) admit(ctx context.Context, rpc string) (context.Context, error) {
	switch r[rpc] {
	case agentv1.Role_ROLE_ENROLL_TOKEN:
		return ctx, nil // the token is in the request
	case agentv1.Role_ROLE_AGENT:
		id, ok := certified(ctx)
		if !ok {
			return nil, status.Error(codes.Unauthenticated, "This needs a node's certificate.")
		}
		return context.WithValue(ctx, callerKey{}, id), nil
	}
	return nil, status.Error(codes.PermissionDenied, "Nobody may call this.")
}

// certified is the node in the connection's certificate, whose chain the handshake verified.
func certified(ctx context.Context) (ident.ID, bool) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ident.ID{}, false
	}
	tls, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(tls.State.VerifiedChains) == 0 {
		return ident.ID{}, false
	}
	text, ok := pki.NodeID(tls.State.VerifiedChains[0][0])
	if !ok {
		return ident.ID{}, false
	}
	id, err := ident.Parse(text)
	return id, err == nil
}

func (r roles) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	ctx, err := r.admit(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	answer, err := handle(ctx, req)
	return answer, toStatus(err)
}

func (r roles) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	ctx, err := r.admit(stream.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	return toStatus(handle(srv, admitted{stream, ctx}))
}

type admitted struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // the way to give a stream a context
}

func (a admitted) Context() context.Context { return a.ctx }
