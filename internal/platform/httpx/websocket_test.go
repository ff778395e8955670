package httpx

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// What is let through, the library accepts: else it would answer with something of its own, which no contract names.
func TestOnlyWhatOpensAWebSocketIsOne(t *testing.T) {
	h := newHarness(t, nil)
	RegisterRaw(h.API(), Operation("thing.talk", http.MethodGet, "/api/v1/things/{id}/talk", "Talk", "Things"), "application/json",
		func(ctx context.Context, _ *struct {
			ID string `path:"id"`
		},
		) (Serve, error) {
			if err := CheckWebSocket(ctx); err != nil {
				return nil, err
			}
			return func(w http.ResponseWriter, r *http.Request) {
				conn, err := websocket.Accept(w, r, nil)
				if err != nil {
					t.Errorf("the library refuses what was let through: %v", err)
					return
				}
				_ = conn.CloseNow()
			}, nil
		})
	server := httptest.NewServer(h.Handler())
	defer server.Close()
	const upgrade, version, key = "Connection: keep-alive, Upgrade|Upgrade: WebSocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
	for _, c := range []struct {
		headers []string
		want    int
	}{
		{[]string{upgrade, version, key}, http.StatusSwitchingProtocols},
		{[]string{upgrade, version, key, "Sec-WebSocket-Protocol: another"}, http.StatusSwitchingProtocols},
		{nil, http.StatusUnprocessableEntity},
		{[]string{"Upgrade: websocket", version, key}, http.StatusUnprocessableEntity},
		{[]string{"Connection: Upgrade", version, key}, http.StatusUnprocessableEntity},
		{[]string{"Connection: Upgrade|Upgrade: h2c", version, key}, http.StatusUnprocessableEntity},
		{[]string{upgrade, key}, http.StatusUnprocessableEntity},
		{[]string{upgrade, "Sec-WebSocket-Version: 8", key}, http.StatusUnprocessableEntity},
		{[]string{upgrade, version}, http.StatusUnprocessableEntity},
		{[]string{upgrade, version, "Sec-WebSocket-Key: short"}, http.StatusUnprocessableEntity},
		{[]string{upgrade, version, key, key}, http.StatusUnprocessableEntity},
	} {
		if got := answerTo(t, server.Listener.Addr().String(), c.headers); got != c.want {
			t.Errorf("%q: %d, want %d", c.headers, got, c.want)
		}
	}
	if err := CheckWebSocket(command.WithRequest(t.Context(), &command.Request{})); err != nil {
		t.Errorf("without HTTP there is nothing to check: %v", err)
	}
}

// answerTo sends the headers as they are.
func answerTo(t *testing.T, address string, headers []string) int {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	lines := append([]string{"GET " + thing + "/talk HTTP/1.1", "Host: x", "Authorization: Bearer ann"}, strings.Split(strings.Join(headers, "|"), "|")...)
	if len(headers) == 0 {
		lines = lines[:3]
	}
	if _, err := fmt.Fprint(conn, strings.Join(lines, "\r\n"), "\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}
