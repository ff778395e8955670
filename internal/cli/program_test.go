package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/cli/config"
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// installation is a server whose answers a test writes down: "GET /me" → what to do.
type installation map[string]http.HandlerFunc

// says answers with JSON.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if status >= 400 {
			w.Header().Set("Content-Type", "application/problem+json")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// streams answers with events: pairs of name and data.
func streams(pairs ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := 0; i < len(pairs); i += 2 {
			_, _ = io.WriteString(w, "event: "+pairs[i]+"\ndata: "+pairs[i+1]+"\n\n")
		}
	}
}

// terminalOf is one user at one terminal.
type terminalOf struct {
	Program
	out, err *bytes.Buffer
	home     string
	url      string
	env      map[string]string
}

// at gives a user who is signed in to the installation.
func at(t *testing.T, routes installation) *terminalOf {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v1"+path, handler)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("not expected: %s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusTeapot)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	u := &terminalOf{out: &bytes.Buffer{}, err: &bytes.Buffer{}, home: t.TempDir(), url: server.URL}
	u.env = map[string]string{"HOME": u.home}
	u.Program = Program{
		Stdin: strings.NewReader(""), Stdout: u.out, Stderr: u.err, Version: "test", Signals: make(chan os.Signal),
		Getenv:       func(name string) string { return u.env[name] },
		ReadPassword: func() (string, error) { return "correct horse", nil },
	}
	u.save(t, config.Config{Current: "here", Contexts: map[string]config.Context{"here": {URL: server.URL, Token: "stoa_pat_here"}}})
	return u
}

func (u *terminalOf) save(t *testing.T, c config.Config) {
	t.Helper()
	if err := config.Save(filepath.Join(u.home, ".config/stoa/config.yaml"), c); err != nil {
		t.Fatal(err)
	}
}

func (u *terminalOf) load(t *testing.T) config.Config {
	t.Helper()
	c, err := config.Load(filepath.Join(u.home, ".config/stoa/config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// types runs a command and returns its exit code.
func (u *terminalOf) types(t *testing.T, args ...string) int {
	t.Helper()
	for name, value := range u.env {
		t.Setenv(name, value) // kong reads flags' variables from the process
	}
	u.out.Reset()
	u.err.Reset()
	u.Args = args
	return u.Run(t.Context())
}

// file writes a file and gives its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestErrorsAreOneLineWithACode(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		code   int
		says   string
	}{
		{401, `{"code":"unauthenticated","detail":"The token has expired.","correlation_id":"c1"}`, 4, "stoa: The token has expired (unauthenticated; correlation id c1)\n"},
		{403, `{"code":"denied","detail":"You may not.","correlation_id":"c1"}`, 4, "stoa: You may not (denied; correlation id c1)\n"},
		{404, `{"code":"execution_not_found","detail":"There is none."}`, 5, "stoa: There is none (execution_not_found)\n"},
		{409, `{"code":"execution_ended","detail":"It has ended."}`, 1, "stoa: It has ended (execution_ended)\n"},
		{422, `{"code":"invalid","detail":"A value is wrong.","errors":[{"location":"body.name","message":"is empty."}]}`, 2, "stoa: A value is wrong; name: is empty (invalid)\n"},
		{429, `{"code":"queue_full","detail":"Your queue\nis full.","limit":{"name":"execution.queue.per_user","value":100,"scope":"user"}}`, 6, "stoa: Your queue is full (queue_full; limit execution.queue.per_user = 100, scope user)\n"},
		{500, `{"code":"internal","detail":"Our fault.","correlation_id":"c1"}`, 125, "stoa: Our fault (internal; correlation id c1)\n"},
	} {
		u := at(t, installation{"GET /executions/e": says(c.status, c.body)})
		if code := u.types(t, "executions", "get", "e"); code != c.code || u.err.String() != c.says {
			t.Errorf("%d: exit code %d, want %d; said %q, want %q", c.status, code, c.code, u.err, c.says)
		}
	}
}

func TestUnreachableIsOurs(t *testing.T) {
	u := at(t, nil)
	code := u.types(t, "--url", "http://127.0.0.1:1", "whoami")
	if code != exitAuth {
		t.Errorf("without a token for that URL: exit code %d, said %s", code, u.err)
	}
	u.env["STOA_TOKEN"] = "stoa_pat_other"
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	u.Args = []string{"--url", "http://127.0.0.1:1", "whoami"}
	u.err.Reset()
	if code := u.Run(ctx); code == 0 || u.err.Len() == 0 {
		t.Errorf("exit code %d, said %q", code, u.err)
	}
}

func TestATokenGoesOnlyToItsOwnURL(t *testing.T) {
	var got []string
	record := func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		says(200, `{"items":[]}`)(w, r)
	}
	u := at(t, installation{"GET /runtimes": record})
	other := at(t, installation{"GET /runtimes": record})
	if code := u.types(t, "runtimes", "--url", u.url+"/"); code != 0 {
		t.Errorf("own URL: exit code %d, said %s", code, u.err)
	}
	if code := u.types(t, "runtimes", "--url", other.url); code != exitAuth {
		t.Errorf("other URL: exit code %d", code)
	}
	u.env["STOA_TOKEN"] = "stoa_pat_given"
	if code := u.types(t, "runtimes", "--url", other.url); code != 0 {
		t.Errorf("other URL with STOA_TOKEN: exit code %d, said %s", code, u.err)
	}
	if want := "Bearer stoa_pat_here,Bearer stoa_pat_given"; strings.Join(got, ",") != want {
		t.Errorf("sent %q, want %q", strings.Join(got, ","), want)
	}
}

func TestOutputFormats(t *testing.T) {
	const item = `{"id":"python@3.11.2","name":"python","version":"3.11.2","default":true,"nodes":2,"classes":[{"name":"process","ready":true},{"name":"gvisor","ready":true},{"name":"fresh","ready":false}],"aliases":["python","py\u001b[31m"]}`
	u := at(t, installation{"GET /runtimes": says(200, `{"items":[`+item+`]}`)})
	for format, want := range map[string]string{
		"table": "RUNTIME        DEFAULT  NODES  CLASSES         COMPILED  FROM       ALSO\npython@3.11.2  yes      2      process gvisor            installed  python py\uFFFD[31m\n",
		"yaml":  "- id: python@3.11.2\n  name: python\n  aliases:\n",
	} {
		if code := u.types(t, "runtimes", "-o", format); code != 0 || !strings.HasPrefix(u.out.String(), want) {
			t.Errorf("%s: exit code %d, printed %q, said %s", format, code, u.out, u.err)
		}
	}
	var items []map[string]any
	if u.types(t, "runtimes", "-o", "json"); json.Unmarshal(u.out.Bytes(), &items) != nil || items[0]["id"] != "python@3.11.2" {
		t.Errorf("json: printed %s", u.out)
	}
}

func TestAsksForWhatIsMissing(t *testing.T) {
	u := at(t, nil)
	for _, args := range [][]string{{"frobnicate"}, {"run"}, {"executions", "get"}, {"runtimes", "-o", "xml"}, {"limits", "set", "a", "1", "--scope", "user"}, {"context", "use", "nowhere"}} {
		if code := u.types(t, args...); code != exitUsage || strings.Count(u.err.String(), "\n") != 1 {
			t.Errorf("%v: exit code %d, said %q", args, code, u.err)
		}
	}
	if code := u.types(t); code != 0 || !strings.Contains(u.out.String(), "Usage: stoa") {
		t.Errorf("nothing: exit code %d, printed %s", code, u.out)
	}
}

// What a verb's Run takes is there; else it would fail when somebody types it.
func TestEveryVerbIsGivenWhatItTakes(t *testing.T) {
	parser, err := newParser(&grammar{})
	if err != nil {
		t.Fatal(err)
	}
	given := []reflect.Type{reflect.TypeFor[*call](), reflect.TypeFor[*stoa.Client]()}
	for _, verb := range parser.Model.Leaves(false) {
		run := verb.Target.Addr().MethodByName("Run")
		if !run.IsValid() {
			t.Errorf("%s has no Run", verb.FullPath())
			continue
		}
		for wanted := range run.Type().Ins() {
			if !slices.Contains(given, wanted) {
				t.Errorf("%s takes a %s, which nobody gives it", verb.FullPath(), wanted)
			}
		}
	}
}
