package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAPasswordIsAskedForOrRead(t *testing.T) {
	var sent string
	u := at(t, installation{"POST /me/password": func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		w.WriteHeader(http.StatusNoContent)
	}})
	answers := []string{"the old one", "the new one", "the new one", "the old one", "the new one", "the nwe one"}
	u.ReadPassword = func() (string, error) {
		answer := answers[0]
		answers = answers[1:]
		return answer, nil
	}
	if code := u.types(t, "password"); code != 0 || sent != `{"current":"the old one","new":"the new one"}` {
		t.Errorf("exit code %d, sent %s, said %s", code, sent, u.err)
	}
	sent = ""
	if code := u.types(t, "password"); code != 2 || sent != "" {
		t.Errorf("typed in two ways: exit code %d, sent %s", code, sent)
	}
	u.Stdin = strings.NewReader("was\nis\n")
	if code := u.types(t, "password", "--stdin"); code != 0 || sent != `{"current":"was","new":"is"}` {
		t.Errorf("exit code %d, sent %s, said %s", code, sent, u.err)
	}
}
