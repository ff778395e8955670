package nodegrpc

import (
	"context"
	"crypto/sha256"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/node"
)

var errNotYours = status.Error(codes.PermissionDenied, "This node does not hold that attempt, or it names no such file.")

// ReadFile implements the RPC. A node that has no session here, because it was removed or has
// another one elsewhere, gets nothing; what its session may read is the workload's to say.
func (s *Server) ReadFile(ctx context.Context, in *agentv1.ReadFileRequest) (*agentv1.ReadFileResponse, error) {
	from := caller(ctx)
	if _, err := s.find(from); err != nil {
		return nil, status.Error(codes.Unavailable, "There is no session of this node here.")
	}
	ref, err := refOf(in.GetRef())
	if err != nil || in.GetOffset() < 0 || len(in.GetSha256()) != sha256.Size {
		return nil, status.Error(codes.InvalidArgument, "The request names no attempt, or no place in a content.")
	}
	user, ok := s.workloads[ref.Kind].(node.FileUser)
	if !ok {
		return nil, errNotYours
	}
	content, err := user.ReadFile(asNode(ctx, from), from, ref, in.GetSha256(), in.GetOffset())
	if errors.Is(err, node.ErrStale) {
		return nil, errNotYours
	}
	if err != nil {
		return nil, err
	}
	return &agentv1.ReadFileResponse{Content: content}, nil
}

func namedTo(files []node.NamedFile) []*agentv1.NamedFile {
	var all []*agentv1.NamedFile
	for _, f := range files {
		all = append(all, &agentv1.NamedFile{Path: f.Path, Size: f.Size, Sha256: f.SHA256})
	}
	return all
}
