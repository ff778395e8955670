package nodehttp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

const operator permission.Role = "platform.operator"

var table = permission.Table{
	"node.enroll": {operator}, "node.cordon": {operator}, "node.uncordon": {operator}, "node.drain": {operator},
	"node.remove": {operator}, "node.list": {operator}, "node.get": {operator},
	"node.admit": {permission.Anyone}, "node.open_session": {permission.Agent},
}

// everyone is an operator.
type everyone struct{ id ident.ID }

func (e everyone) Authenticate(context.Context, *http.Request) (command.Actor, error) {
	return command.Actor{Kind: command.User, ID: e.id, Platform: []permission.Role{operator}}, nil
}

func TestNodesOverHTTP(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	authority, err := pki.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := node.New(&command.Runner{DB: pgtest.Clone(t), Clock: clock.System, NewID: ident.New, Log: log, Table: table}, authority, node.Config{})
	server, err := httpx.New(httpx.Config{Log: log, Authenticator: everyone{ident.New()}})
	if err != nil {
		t.Fatal(err)
	}
	Register(server.API(), s)
	if diff := cmp.Diff([]string{
		"node.cordon", "node.drain", "node.enroll", "node.get", "node.list", "node.remove", "node.uncordon",
	}, httpx.Operations(server.API())); diff != "" {
		t.Error(diff)
	}
	do := func(method, path, body, key string, status int) (answer map[string]any) {
		t.Helper()
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, "http://stoa.example:8080"+path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		server.Handler().ServeHTTP(w, r)
		if w.Code != status {
			t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, status, w.Body)
		}
		if w.Body.Len() > 0 {
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
				t.Fatal(err)
			}
		}
		return answer
	}
	made := do("POST", "/api/v1/nodes/enrollments", `{"name":"rack-1","ttl_seconds":60}`, "k1", 201)
	token, _ := made["token"].(string)
	if want := "stoa-agent --join http://stoa.example:8080 --token " + token; made["command"] != want {
		t.Errorf("command %q, want %q", made["command"], want)
	}
	if again := do("POST", "/api/v1/nodes/enrollments", `{"name":"rack-1","ttl_seconds":60}`, "k1", 409); again["code"] != "node.token_shown" {
		t.Errorf("repeated: %v", again)
	}
	do("POST", "/api/v1/nodes/enrollments", `{"name":"no spaces"}`, "", 422)
	do("POST", "/api/v1/nodes/enrollments", `{"ttl_seconds":86401}`, "", 422)

	_, request, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	joined, err := s.Admit(t.Context(), node.Admit{Token: token, Request: request})
	if err != nil {
		t.Fatal(err)
	}
	one := "/api/v1/nodes/" + joined.NodeID.String()
	if n := do("GET", one, "", "", 200); n["name"] != "rack-1" || n["status"] != "enrolling" || n["last_seen_at"] != nil {
		t.Errorf("new node: %v", n)
	}
	agent := command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.Agent, ID: joined.NodeID}, CorrelationID: "test"})
	_, err = s.Open(agent, node.Open{
		Replica: ident.New(), Slots: 4, Running: 1, Runtimes: []node.Runtime{{Name: "python", Version: "3.11.2"}},
		Enforcement: []node.Enforcement{{Name: "memory", How: "cgroup v2", OK: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	n := do("POST", one+"/drain", "", "", 200)
	want := map[string]any{
		"id": joined.NodeID.String(), "name": "rack-1", "status": "draining", "cordoned": true, "drained": false,
		"cores": 0.0, "memory_bytes": 0.0, "slots_total": 4.0, "slots_used": 1.0,
		"runtimes":    []any{map[string]any{"name": "python", "version": "3.11.2"}},
		"enforcement": []any{map[string]any{"name": "memory", "how": "cgroup v2", "ok": true}},
		"enrolled_at": n["enrolled_at"], "last_seen_at": n["last_seen_at"],
	}
	delete(n, "$schema")
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("draining node (-want +got):\n%s", diff)
	}
	if n := do("POST", one+"/uncordon", "", "", 200); n["status"] != "ready" || n["cordoned"] != false {
		t.Errorf("uncordoned: %v", n)
	}
	if n := do("POST", one+"/cordon", "", "", 200); n["status"] != "ready" || n["cordoned"] != true {
		t.Errorf("cordoned: %v", n)
	}
	if list := do("GET", "/api/v1/nodes", "", "", 200); len(list["items"].([]any)) != 1 {
		t.Errorf("listed: %v", list)
	}
	do("DELETE", one, "", "", 204)
	if list := do("GET", "/api/v1/nodes", "", "", 200); len(list["items"].([]any)) != 0 {
		t.Errorf("listed after removal: %v", list)
	}
	if n := do("GET", one, "", "", 200); n["status"] != "retired" {
		t.Errorf("removed: %v", n)
	}
	do("POST", one+"/cordon", "", "", 403)
	do("GET", "/api/v1/nodes/"+ident.New().String(), "", "", 404)
}
