package cli

import (
	"net/http"
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
