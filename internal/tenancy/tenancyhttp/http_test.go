package tenancyhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/tenancy"
	"github.com/stoa-cloud/stoa/internal/tenancy/tenancyhttp"
)

// site is tenancy behind a listening server. Callers say who they are.
type site struct {
	t      *testing.T
	url    string
	runner *command.Runner
	server *httpx.Server
}

// everybody takes people at their word, and knows their address.
type everybody struct{ db *pg.DB }

func (e everybody) Authenticate(ctx context.Context, r *http.Request) (command.Actor, error) {
	user, err := ident.Parse(r.Header.Get("Authorization"))
	if err != nil {
		return command.Actor{Kind: command.Anonymous}, nil //nolint:nilerr // nobody
	}
	actor := command.Actor{Kind: command.User, ID: user}
	access, err := pg.One[tenancy.Access](ctx, e.db, `SELECT `+tenancy.AccessColumns+` FROM (SELECT $1::uuid AS id) a `+tenancy.AccessJoins, user)
	access.Grant(&actor)
	return actor, err
}

func (everybody) People(_ context.Context, _ pg.Querier, ids []ident.ID) (map[ident.ID]tenancy.Person, error) {
	people := map[ident.ID]tenancy.Person{}
	for _, id := range ids {
		people[id] = tenancy.Person{ID: id, Name: "Somebody", Email: emailOf(id)}
	}
	return people, nil
}

func emailOf(id ident.ID) string { return id.String() + "@example.org" }

func newSite(t *testing.T) *site {
	t.Helper()
	db, log := pgtest.Open(t), slog.New(slog.DiscardHandler)
	runner := &command.Runner{DB: db, Table: tenancy.Permissions(), Clock: clock.System, NewID: ident.New, Log: log}
	slice := tenancy.New(runner, everybody{})
	server, err := httpx.New(httpx.Config{Log: log, Authenticator: everybody{db}})
	if err != nil {
		t.Fatal(err)
	}
	tenancyhttp.Register(server.API(), slice)
	listening := httptest.NewServer(server.Handler())
	t.Cleanup(listening.Close)
	return &site{t: t, url: listening.URL, runner: runner, server: server}
}

// caller is somebody, or nobody when the id is zero.
type caller struct {
	*site
	id ident.ID
}

// settler is a new user with a personal organization and project.
func (s *site) settler() caller {
	s.t.Helper()
	id := ident.New()
	err := s.runner.DB.InTx(s.t.Context(), func(ctx context.Context, ptx *pg.Tx) error {
		_, err := tenancy.FoundPersonal(ctx, s.runner.Within(ptx, eventlog.Event{}), id, "Somebody")
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return caller{s, id}
}

type object = map[string]any

// send asks, wants this status, and gives the answer.
func (c caller) send(method, path string, body any, status int) object {
	c.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader(sent))
	if err != nil {
		c.t.Fatal(err)
	}
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.Header.Set("Content-Type", "application/json")
	if !c.id.IsZero() {
		r.Header.Set("Authorization", c.id.String())
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		c.t.Fatalf("%s %s: %d, want %d: %s, %v", method, path, response.StatusCode, status, text, err)
	}
	answer := object{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			c.t.Fatalf("%s %s: %s", method, path, text)
		}
	}
	return answer
}

func TestEveryOperationHasAPermissionAndBackAgain(t *testing.T) {
	s := newSite(t)
	operations := httpx.Operations(s.server.API())
	for _, name := range operations {
		if tenancy.Permissions()[name] == nil {
			t.Errorf("%s is not in the permission table", name)
		}
	}
	for name := range s.runner.Registered() {
		if !slices.Contains(operations, name) {
			t.Errorf("%s has no operation", name)
		}
	}
}

func TestPeopleOverHTTP(t *testing.T) {
	s := newSite(t)
	ada, bob := s.settler(), s.settler()
	bobID := bob.id.String()

	o := ada.send("POST", "/api/v1/organizations", object{"name": "Lab"}, 201)
	lab := "/api/v1/organizations/" + o["id"].(string)
	invitation := ada.send("POST", lab+"/invitations", object{"email": emailOf(bob.id), "role": "organization.member"}, 201)
	if len(ada.send("GET", lab+"/invitations", nil, 200)["items"].([]any)) != 1 {
		t.Error("the invitation is not listed")
	}
	bob.send("GET", lab, nil, 404)
	bob.send("POST", "/api/v1/invitations/accept", object{"secret": invitation["secret"]}, 200)
	bob.send("POST", "/api/v1/invitations/accept", object{"secret": invitation["secret"]}, 409)
	bob.send("GET", lab, nil, 200)
	bob.send("PATCH", lab, object{"name": "Mine"}, 403)

	unit := ada.send("POST", lab+"/units", object{"name": "Physic"}, 201)
	bob.send("PATCH", "/api/v1/units/"+unit["id"].(string), object{"name": "Mine"}, 403)
	if got := ada.send("PATCH", "/api/v1/units/"+unit["id"].(string), object{"name": "Physics"}, 200); got["name"] != "Physics" {
		t.Error(got)
	}
	p := ada.send("POST", "/api/v1/projects", object{"name": "Laser", "organization_id": o["id"], "unit_id": unit["id"]}, 201)
	path := "/api/v1/projects/" + p["id"].(string)
	bob.send("GET", path, nil, 403)
	ada.send("PUT", path+"/members/"+bobID, object{"role": "project.viewer"}, 200)
	if got := bob.send("GET", path, nil, 200); got["role"] != "project.viewer" || got["unit_id"] != unit["id"] {
		t.Error(got)
	}
	if n := len(bob.send("GET", path+"/members?limit=1", nil, 200)["items"].([]any)); n != 1 {
		t.Error(n)
	}
	ada.send("DELETE", "/api/v1/units/"+unit["id"].(string), nil, 409)
	ada.send("PATCH", path, object{"unit_id": ident.ID{}.String()}, 200)
	ada.send("DELETE", "/api/v1/units/"+unit["id"].(string), nil, 204)
	ada.send("DELETE", path, nil, 204)
	if n := len(bob.send("GET", "/api/v1/projects?archived=true&organization_id="+o["id"].(string), nil, 200)["items"].([]any)); n != 1 {
		t.Error(n)
	}
	ada.send("POST", path+"/restore", nil, 200)
	ada.send("DELETE", path+"/members/"+bobID, nil, 204)
	ada.send("DELETE", lab+"/members/"+bobID, nil, 204)
	bob.send("GET", lab, nil, 404)
	caller{s, ident.ID{}}.send("GET", lab, nil, 401)

	// Pages follow one another.
	ada.send("POST", "/api/v1/organizations", object{"name": "Second"}, 201)
	seen, next := 0, ""
	for {
		page := ada.send("GET", "/api/v1/organizations?limit=1&cursor="+next, nil, 200)
		seen += len(page["items"].([]any))
		cursor, more := page["next_cursor"].(string)
		if !more {
			break
		}
		next = cursor
	}
	if seen != 3 {
		t.Errorf("%d organizations on all pages", seen)
	}
}
