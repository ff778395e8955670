package httpx

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// CheckOrigin is for operations that write though their method does not say so: a browser opens
// a WebSocket by GET, for a page of whatever origin.
func CheckOrigin(ctx context.Context) error {
	x := exchangeOf(ctx)
	if x == nil {
		return nil
	}
	r := x.inner.Clone(ctx)
	r.Method = http.MethodPost
	return x.server.checkOrigin(r)
}

// CheckWebSocket refuses a request that opens no WebSocket (RFC 6455), as a problem like all others.
func CheckWebSocket(ctx context.Context) error {
	x := exchangeOf(ctx)
	if x == nil {
		return nil
	}
	h := x.inner.Header
	key, err := base64.StdEncoding.DecodeString(h.Get("Sec-WebSocket-Key"))
	switch {
	case !hasToken(h, "Connection", "upgrade") || !hasToken(h, "Upgrade", "websocket"):
		return fault.New(fault.Invalid, "http.websocket_only", "This is a WebSocket: connect with one, from an ws:// or wss:// address.")
	case h.Get("Sec-WebSocket-Version") != "13" || err != nil || len(key) != 16 || len(h.Values("Sec-WebSocket-Key")) != 1:
		return fault.New(fault.Invalid, "http.websocket_only", "This WebSocket speaks version 13 of the protocol, with one key of 16 bytes in base64.")
	}
	return nil
}

func hasToken(h http.Header, name, token string) bool {
	for t := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(t), token) {
			return true
		}
	}
	return false
}
