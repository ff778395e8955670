package nodegrpc

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// statusCodes translates faults, once, at this edge. Agents tell by the code whether
// trying again makes sense.
var statusCodes = map[fault.Kind]codes.Code{
	fault.Internal:        codes.Internal,
	fault.Invalid:         codes.InvalidArgument,
	fault.Unauthenticated: codes.Unauthenticated,
	fault.Denied:          codes.PermissionDenied,
	fault.NotFound:        codes.NotFound,
	fault.Conflict:        codes.Aborted,
	fault.Mismatch:        codes.FailedPrecondition,
	fault.Limited:         codes.ResourceExhausted,
	fault.Unavailable:     codes.Unavailable,
}

func toStatus(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	f := fault.Of(err)
	return status.Error(statusCodes[f.Kind], f.Message)
}
