package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAnAddressIsAskedForWithThePassword(t *testing.T) {
	var sent []string
	hasPassword := "true"
	takes := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			sent = append(sent, string(body))
			says(http.StatusOK, answer)(w, r)
		}
	}
	u := at(t, installation{
		"GET /me": func(w http.ResponseWriter, r *http.Request) {
			says(http.StatusOK, `{"user":{"id":"1","name":"Ada"},"has_password":`+hasPassword+`}`)(w, r)
		},
		"POST /me/email":              takes(`{"changed":false,"email":"new@example.org","expires_at":"2099-01-01T00:00:00Z"}`),
		"POST /me/email/confirmation": takes(`{"changed":true,"email":"new@example.org"}`),
	})
	u.ReadPassword = func() (string, error) { return "secret words", nil }
	if code := u.types(t, "email", "change", "new@example.org"); code != 0 || !strings.Contains(u.err.String(), "stoa email confirm") || !strings.Contains(u.out.String(), "new@example.org") {
		t.Errorf("exit code %d, said %s%s", code, u.out, u.err)
	}
	u.Stdin = strings.NewReader("from a pipe\n")
	if code := u.types(t, "email", "change", "new@example.org", "--stdin"); code != 0 {
		t.Errorf("exit code %d, said %s", code, u.err)
	}
	hasPassword = "false"
	if code := u.types(t, "email", "change", "new@example.org", "--code", "123456"); code != 0 {
		t.Errorf("exit code %d, said %s", code, u.err)
	}
	if code := u.types(t, "email", "confirm", "12345678", "-o", "json"); code != 0 || !strings.Contains(u.out.String(), `"changed": true`) {
		t.Errorf("exit code %d, said %s%s", code, u.out, u.err)
	}
	want := []string{
		`{"email":"new@example.org","password":"secret words"}`, `{"email":"new@example.org","password":"from a pipe"}`,
		`{"code":"123456","email":"new@example.org"}`, `{"code":"12345678"}`,
	}
	if len(sent) != len(want) {
		t.Fatalf("sent %q", sent)
	}
	for i := range want {
		if sent[i] != want[i] {
			t.Errorf("sent %s, want %s", sent[i], want[i])
		}
	}
}
