package cli

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/cli/config"
)

const meBody = `{"user":{"id":"u1","email":"a@example.org","name":"Ada"},"credential":{"kind":"token","id":"t1"},
 "projects":[{"id":"0199a0b0-0000-7000-8000-000000000001","slug":"apollo","name":"Apollo"}],"default_project_id":"0199a0b0-0000-7000-8000-000000000001"}`

func TestLoginKeepsATokenOfItsOwn(t *testing.T) {
	var did []string
	note := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			cookie, _ := r.Cookie("stoa_session")
			who := r.Header.Get("Authorization")
			if cookie != nil {
				who = cookie.Value
			}
			did = append(did, strings.TrimPrefix(r.URL.Path, "/api/v1")+" "+who)
			next(w, r)
		}
	}
	u := at(t, installation{
		"POST /auth/sign-in": note(func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "stoa_session", Value: "s1", Path: "/", HttpOnly: true})
			says(200, `{"user":{}}`)(w, r)
		}),
		"POST /tokens":        note(says(200, `{"token":{"id":"t1"},"secret":"stoa_pat_new"}`)),
		"POST /auth/sign-out": note(says(204, ``)),
		"GET /me":             note(says(200, meBody)),
	})
	if code := u.types(t, "login", u.url, "--email", "a@example.org", "--name", "work"); code != 0 {
		t.Fatalf("exit code %d, said %s", code, u.err)
	}
	if diff := cmp.Diff([]string{"/auth/sign-in ", "/tokens s1", "/auth/sign-out s1", "/me Bearer stoa_pat_new"}, did); diff != "" {
		t.Error(diff)
	}
	got := u.load(t)
	if got.Current != "work" || got.Contexts["work"] != (config.Context{URL: u.url, Token: "stoa_pat_new"}) || len(got.Contexts) != 2 {
		t.Errorf("remembered %+v", got)
	}
}

func TestLoginAsksForTheSecondFactor(t *testing.T) {
	var sent string
	u := at(t, installation{
		"POST /auth/sign-in": says(200, `{"second_factor":{"step":"stoa_step_x","expires_at":"2026-01-01T00:00:00Z"}}`),
		"POST /auth/second-factor": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
			http.SetCookie(w, &http.Cookie{Name: "stoa_session", Value: "s1", Path: "/", HttpOnly: true})
			says(200, `{"user":{}}`)(w, r)
		},
		"POST /tokens":        says(200, `{"token":{"id":"t1"},"secret":"stoa_pat_new"}`),
		"POST /auth/sign-out": says(204, ``),
		"GET /me":             says(200, meBody),
	})
	u.Stdin = strings.NewReader("secret\n123 456\n")
	if code := u.types(t, "login", u.url, "--email", "a@example.org", "--password-stdin", "--name", "work"); code != 0 {
		t.Fatalf("exit code %d, said %s", code, u.err)
	}
	if sent != `{"code":"123 456","step":"stoa_step_x"}` || u.load(t).Contexts["work"].Token != "stoa_pat_new" {
		t.Errorf("sent %s, remembered %+v", sent, u.load(t))
	}
}

func TestLoginWithAWrongTokenRemembersNothing(t *testing.T) {
	u := at(t, installation{"GET /me": says(401, `{"code":"unauthenticated","detail":"No."}`)})
	before := u.load(t)
	u.Stdin = strings.NewReader("stoa_pat_wrong\n")
	if code := u.types(t, "login", u.url, "--token", "-"); code != exitAuth {
		t.Errorf("exit code %d", code)
	}
	if diff := cmp.Diff(before, u.load(t)); diff != "" {
		t.Error(diff)
	}
}

func TestLogoutRevokesAndForgets(t *testing.T) {
	revoked := false
	u := at(t, installation{
		"GET /me":           says(200, meBody),
		"DELETE /tokens/t1": func(w http.ResponseWriter, r *http.Request) { revoked = true; w.WriteHeader(204) },
	})
	if code := u.types(t, "logout"); code != 0 || !revoked || len(u.load(t).Contexts) != 0 {
		t.Errorf("exit code %d, revoked %v, remembered %+v", code, revoked, u.load(t))
	}
}

func TestProjectsUseRemembersTheProject(t *testing.T) {
	u := at(t, installation{"GET /me": says(200, meBody), "GET /limits": func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query().Get("project_id"); got != "0199a0b0-0000-7000-8000-000000000001" {
			t.Errorf("asked for project %q", got)
		}
		says(200, `{"items":[]}`)(w, r)
	}})
	if code := u.types(t, "projects", "use", "artemis"); code != exitNotFound {
		t.Errorf("unknown project: exit code %d", code)
	}
	if code := u.types(t, "projects", "use", "apollo"); code != 0 {
		t.Fatalf("exit code %d, said %s", code, u.err)
	}
	for _, args := range [][]string{{"limits"}, {"limits", "-p", "Apollo"}} {
		if code := u.types(t, args...); code != 0 {
			t.Errorf("%v: exit code %d, said %s", args, code, u.err)
		}
	}
}

func TestLoginShowsACodeAndWaits(t *testing.T) {
	asked := 0
	u := at(t, installation{
		"POST /auth/device": says(200, `{"device_code":"stoa_device_x","user_code":"WDJB-MJHT","verification_uri":"https://stoa.example.org/device",
			"verification_uri_complete":"https://stoa.example.org/device?code=WDJB-MJHT","expires_in":600,"interval":1}`),
		"POST /auth/device/token": func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked == 1 {
				says(400, `{"code":"authorization_pending","error":"authorization_pending"}`)(w, r)
				return
			}
			says(200, `{"token":{"id":"t1"},"secret":"stoa_pat_new"}`)(w, r)
		},
		"GET /me": says(200, meBody),
	})
	u.OpenBrowser = func(string) error { t.Error("a browser was opened without a terminal"); return nil }
	if code := u.types(t, "login", u.url, "--name", "work"); code != 0 || asked != 2 {
		t.Fatalf("exit code %d after %d questions, said %s", code, asked, u.err)
	}
	if said := u.err.String(); !strings.Contains(said, "WDJB-MJHT") || !strings.Contains(said, "https://stoa.example.org/device\n") {
		t.Error(said)
	}
	if got := u.load(t); got.Contexts["work"] != (config.Context{URL: u.url, Token: "stoa_pat_new"}) {
		t.Errorf("remembered %+v", got)
	}
}

func TestLoginThatIsDeniedRemembersNothing(t *testing.T) {
	u := at(t, installation{
		"POST /auth/device":       says(200, `{"device_code":"stoa_device_x","user_code":"WDJB-MJHT","verification_uri":"javascript:alert(1)","expires_in":600,"interval":1}`),
		"POST /auth/device/token": says(400, `{"code":"access_denied","detail":"This sign-in was denied."}`),
	})
	before := u.load(t)
	if code := u.types(t, "login", u.url); code == 0 || !strings.Contains(u.err.String(), "denied") {
		t.Errorf("exit code %d, said %s", code, u.err)
	}
	if diff := cmp.Diff(before, u.load(t)); diff != "" {
		t.Error(diff)
	}
}

func TestBrowsersAreForWhoSitsThere(t *testing.T) {
	for _, env := range []map[string]string{{}, {"DISPLAY": ":0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}} {
		if runtime.GOOS == "linux" && browser(func(name string) string { return env[name] }) != nil {
			t.Errorf("a browser for %v", env)
		}
	}
	for address, web := range map[string]bool{"https://stoa.example.org/device": true, "javascript:alert(1)": false, "file:///etc/passwd": false, "--help": false} {
		if isWeb(address) != web {
			t.Error(address)
		}
	}
}
