package script

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/cli/config"
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

const password = "correct horse battery staple"

// site is the installation that all scripts share.
type site struct {
	dir string // holds the data folder and the people's configs
	env map[string]string
}

// start brings up an installation and its people, and takes it down after the test.
func start(t *testing.T, bin string) *site {
	dir, err := os.MkdirTemp("", "stoa-script-") //nolint:usetesting // t.TempDir lies in a folder that the control plane's user cannot enter
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the control plane runs as another user
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &site{dir: dir, env: map[string]string{"SITE": dir, "DATA": filepath.Join(dir, "data"), "BIN": bin, "PASSWORD": password}}
	shelve(t, s.env)
	running := s.up(t, bin)
	s.env["SERVER"] = running.URL
	s.env["SETUP_URL"] = running.SetupURL
	s.env["JOIN"] = strings.Replace(running.URL, "http://", "https://", 1)
	s.populate(t, running)
	return s
}

// running is what stoad says of itself in run/stoad.json.
type running struct {
	PID      int    `json:"pid"`
	URL      string `json:"url"`
	SetupURL string `json:"setup_url"`
}

func (s *site) up(t *testing.T, bin string) running {
	log, err := os.Create(filepath.Join(s.dir, "up.txt"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(bin, "stoad"), "up", "--data-dir", s.env["DATA"], "--listen", "127.0.0.1:0", "--unsafe-no-fsync")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+s.home("local"), "STOA_ALLOW_CALLS=127.0.0.0/8", // the scripts' receivers
		"STOA_SMTP_URL="+openMailbox(t, s.env))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(5 * time.Minute):
			_ = cmd.Process.Kill()
			t.Error("stoad did not stop within five minutes of Ctrl-C")
		}
		_ = log.Close()
		if t.Failed() {
			s.show(t)
		}
	})
	deadline := time.Now().Add(10 * time.Minute)
	for time.Now().Before(deadline) {
		var r running
		raw, err := os.ReadFile(filepath.Join(s.env["DATA"], "run", "stoad.json"))
		if err == nil && json.Unmarshal(raw, &r) == nil && r.URL != "" {
			return r
		}
		select {
		case <-ended:
			s.show(t)
			t.Fatal("stoad ended")
		case <-time.After(20 * time.Millisecond): // there is nothing to wait on from outside
		}
	}
	s.show(t)
	t.Fatal("stoad is not ready after ten minutes")
	return running{}
}

// show puts what stoad said into the test's output.
func (s *site) show(t *testing.T) {
	for _, name := range []string{"up.txt", "data/log/stoad.log", "data/log/agent.log"} {
		raw, err := os.ReadFile(filepath.Join(s.dir, name))
		if err == nil {
			t.Logf("%s:\n%s", name, raw[max(0, len(raw)-20_000):])
		}
	}
}

// home is a person's XDG_CONFIG_HOME.
func (s *site) home(person string) string { return filepath.Join(s.dir, "people", person) }

// populate sets the first administrator up by the printed link, then makes everybody else and their project.
func (s *site) populate(t *testing.T, r running) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	anyone := stoa.New(r.URL)
	if needed, err := anyone.Auth.SetupNeeded(ctx); err != nil || !needed {
		t.Fatalf("before set-up: needed %v, %v", needed, err)
	}
	session, err := anyone.Auth.Setup(ctx, setupToken(t, r.SetupURL), "admin@example.org", "admin", password)
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
	admin := s.keep(t, ctx, "admin", session)
	// A program that is to be cancelled or answered must not come to its own end before, however slow this machine is.
	for name, value := range map[string]string{"rate.bypass": "1", "identity.registration": `"open"`, "execution.timeout.default_ms": "300000"} {
		must(t, admin.Limits.Set(ctx, name, stoa.LimitTarget{Kind: "global"}, json.RawMessage(value)))
	}
	s.awaitNode(t, ctx, admin)
	organization, err := admin.Organizations.Create(ctx, "Acme")
	must(t, err)
	project, err := admin.Projects.Create(ctx, stoa.ProjectCreateRequest{Name: "Apollo", OrganizationID: organization.ID})
	must(t, err)
	s.env["ORG"], s.env["PROJECT"] = organization.ID, project.ID
	for _, person := range people[1:] {
		session, err := anyone.Auth.Register(ctx, stoa.AuthRegisterRequest{Email: person + "@example.org", Name: person, Password: password})
		if err != nil {
			t.Fatalf("register %s: %v", person, err)
		}
		s.keep(t, ctx, person, session)
	}
	must(t, admin.Limits.Reset(ctx, "identity.registration", stoa.LimitTarget{Kind: "global"}))
	for _, role := range []string{"manager", "member", "viewer"} {
		id := s.env[strings.ToUpper(role)+"_ID"]
		must(t, admin.Organizations.SetMember(ctx, organization.ID, id, "organization.member"))
		must(t, admin.Projects.SetMember(ctx, project.ID, id, "project."+role))
	}
}

// awaitNode waits until this machine's agent has joined.
func (s *site) awaitNode(t *testing.T, ctx context.Context, client *stoa.Client) {
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		runtimes, err := client.Runtimes.List(ctx)
		must(t, err)
		if len(runtimes) > 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("no node offers a runtime after ten minutes")
		case <-tick.C:
		}
	}
}

// keep gives a signed-in person a token and a CLI context, as stoa login does.
func (s *site) keep(t *testing.T, ctx context.Context, person string, session *stoa.Client) *stoa.Client {
	created, err := session.Tokens.Create(ctx, stoa.TokenCreateRequest{Name: "scripts", ExpiresInDays: 1})
	must(t, err)
	client := stoa.New(session.Address(), stoa.Token(created.Secret))
	me, err := client.Me.Get(ctx)
	must(t, err)
	s.env[strings.ToUpper(person)+"_ID"] = me.User.ID
	s.env[strings.ToUpper(person)+"_PROJECT"] = me.DefaultProjectID
	project := ""
	if person == "manager" || person == "member" || person == "viewer" {
		project = s.env["PROJECT"]
	}
	must(t, config.Save(filepath.Join(s.home(person), "stoa", "config.yaml"), config.Config{
		Current: "site", Contexts: map[string]config.Context{"site": {URL: session.Address(), Token: created.Secret, Project: project}},
	}))
	return client
}

// setupToken is the secret of the link that stoad prints.
func setupToken(t *testing.T, link string) string {
	u, err := url.Parse(link)
	must(t, err)
	for _, part := range []string{u.RawQuery, u.Fragment} {
		if values, err := url.ParseQuery(part); err == nil && values.Get("token") != "" {
			return values.Get("token")
		}
	}
	t.Fatalf("the set-up link %q holds no token", link)
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
