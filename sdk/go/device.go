package stoa

import (
	"context"
	"net/http"
	"time"
)

// StartDevice asks for this program to be signed in by a person at a browser (RFC 8628). Show them UserCode and VerificationURI,
// then WaitDevice.
func (s *Auth) StartDevice(ctx context.Context, in DeviceStartRequest) (*DeviceCodes, error) {
	var out DeviceCodes
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/auth/device", body: in}, &out)
	return &out, err
}

// slowDown is by how much the server wants questions to come less often after a slow_down.
const slowDown = 5 * time.Second

// WaitDevice asks until the person has decided, the codes have expired or ctx ends. It gives an API token once; an error with the
// code "access_denied" or "expired_token" otherwise.
func (s *Auth) WaitDevice(ctx context.Context, codes *DeviceCodes) (*CreatedToken, error) {
	interval := time.Duration(max(codes.Interval, 1)) * time.Second
	for {
		if err := s.c.sleep(ctx, interval); err != nil {
			return nil, err
		}
		var out CreatedToken
		_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/auth/device/token", body: DeviceRedeemRequest{DeviceCode: codes.DeviceCode}}, &out)
		switch {
		case HasCode(err, "slow_down"):
			interval += slowDown
		case !HasCode(err, "authorization_pending"):
			return &out, err
		}
	}
}
