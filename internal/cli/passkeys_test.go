package cli

import (
	"strings"
	"testing"
)

func TestPasskeysAreListedAndRemoved(t *testing.T) {
	u := at(t, installation{
		"GET /me/passkeys":      says(200, `{"items":[{"id":"p1","name":"My laptop","domain":"stoa.example.org","created_at":"2026-03-01T12:00:00Z"}]}`),
		"DELETE /me/passkeys/1": says(204, ""),
	})
	if code := u.types(t, "passkeys", "list"); code != 0 || !strings.Contains(u.out.String(), "My laptop") || !strings.Contains(u.out.String(), "stoa.example.org") {
		t.Errorf("exit code %d, printed %q, said %s", code, u.out, u.err)
	}
	if code := u.types(t, "passkeys", "remove", "1"); code != 0 || !strings.Contains(u.err.String(), "1 is removed") {
		t.Errorf("exit code %d, said %s", code, u.err)
	}
}
