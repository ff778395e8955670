package limithttp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

const operator permission.Role = "platform.operator"

type nowhere struct{}

func (nowhere) Locate(context.Context, pg.Querier, limit.Scope, ident.ID) (limit.Place, error) {
	return limit.Place{}, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
}

func (nowhere) Belongs(context.Context, pg.Querier, ident.ID, ident.ID) (bool, error) {
	return false, nil
}

func (nowhere) Home(_ context.Context, _ pg.Querier, account ident.ID) (ident.ID, error) {
	if account == unknown {
		return ident.ID{}, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
	}
	return ident.ID{}, nil
}

var unknown = ident.Must("01929be7-6b5c-7cc3-8d53-0f7b6f1b2a01")

// everyone is an operator.
type everyone struct{ id ident.ID }

func (e everyone) Authenticate(context.Context, *http.Request) (command.Actor, error) {
	return command.Actor{Kind: command.User, ID: e.id, Platform: []permission.Role{operator}}, nil
}

func serve(t *testing.T) func(method, path, body string) (int, string) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	runner := &command.Runner{
		DB: pgtest.Clone(t), Clock: clock.System, NewID: ident.New, Log: log,
		Table: permission.Table{
			"limit.set": {operator}, "limit.clear": {operator}, "limit.list": {permission.Authenticated}, "limit.member": {operator},
			"rate.list": {permission.Authenticated}, "rate.member": {operator}, "rate.reset": {operator},
		},
	}
	catalogue, err := limit.NewCatalogue(limit.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpx.New(httpx.Config{Log: log, Authenticator: everyone{ident.New()}})
	if err != nil {
		t.Fatal(err)
	}
	Register(server.API(), limit.New(runner, catalogue, nowhere{}, operator, ratelimit.NewInProcess(clock.System)))
	if diff := cmp.Diff([]string{"limit.clear", "limit.list", "limit.member", "limit.set", "rate.list", "rate.member", "rate.reset"}, httpx.Operations(server.API())); diff != "" {
		t.Error(diff)
	}
	return func(method, path, body string) (int, string) {
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w.Code, strings.TrimSpace(w.Body.String())
	}
}

func TestLimitsOverHTTP(t *testing.T) {
	do := serve(t)
	for _, step := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"PUT", "/api/v1/limits/execution.concurrent", `{"scope":"global","value":25}`, 200, `{"scope":"global","value":25}`},
		{"PUT", "/api/v1/limits/identity.registration", `{"scope":"global","value":"open"}`, 200, `{"scope":"global","value":"open"}`},
		{"PUT", "/api/v1/limits/execution.concurrent", `{"scope":"global","value":"many"}`, 422, `"code":"limit.value_invalid"`},
		{"PUT", "/api/v1/limits/execution.concurrent", `{"scope":"global","value":1.5}`, 422, `"location":"body.value"`},
		{"PUT", "/api/v1/limits/execution.concurrent", `{"scope":"galaxy","value":1}`, 422, `"location":"body.scope"`},
		{"PUT", "/api/v1/limits/execution.concurrent", `{"scope":"organization","scope_id":"01929be7-6b5c-7cc3-8d53-0f7b6f1b2a01","value":1}`, 404, `"code":"not_found"`},
		{"PUT", "/api/v1/limits/no.such", `{"scope":"global","value":1}`, 404, `"code":"limit.unknown"`},
		{"DELETE", "/api/v1/limits/execution.concurrent?scope=global", ``, 204, ``},
		{"DELETE", "/api/v1/limits/execution.concurrent?scope=global", ``, 404, `"code":"limit.not_set"`},
		{"DELETE", "/api/v1/limits/execution.concurrent", ``, 422, `"location":"query.scope"`},
	} {
		status, body := do(step.method, step.path, step.body)
		if status != step.status || !strings.Contains(body, step.answer) {
			t.Errorf("%s %s %s: %d %s, want %d %s", step.method, step.path, step.body, status, body, step.status, step.answer)
		}
	}

	status, body := do("GET", "/api/v1/limits", "")
	var page httpx.Page[Limit]
	if err := json.Unmarshal([]byte(body), &page); err != nil || status != 200 || len(page.Items) != len(limit.Defaults()) {
		t.Fatalf("%d %v %s", status, err, body)
	}
	for _, want := range []string{
		`{"name":"execution.concurrent","kind":"limit","help":"Most executions of one user under way at once.","unit":"executions","value":10,"scope":"global","default":10,"max":100000,"set":[]}`,
		`"value":"open","scope":"global","default":"closed","words":["closed","invited","open"],"global_only":true,"operator_only":true,"set":[{"scope":"global","value":"open","id":"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

func TestRatesOverHTTP(t *testing.T) {
	do := serve(t)
	status, body := do("GET", "/api/v1/rates", "")
	if want := `{"group":"execute","limited":true,"requests":10,"window_seconds":60,"burst":15,"remaining":15,"reset_seconds":0,"retry_seconds":0,"rules":[` +
		`{"name":"rate.execute","value":10,"unit":"requests/minute","scope":"global"}`; status != 200 || !strings.Contains(body, want) {
		t.Errorf("%d %s, want %s", status, body, want)
	}
	somebody := ident.New().String()
	for _, step := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/api/v1/rates?user_id=" + somebody, "", 200, `"remaining":120`},
		{"GET", "/api/v1/rates?user_id=" + unknown.String(), "", 404, `"code":"not_found"`},
		{"POST", "/api/v1/rates/reset", `{"user_id":"` + somebody + `"}`, 204, ""},
		{"GET", "/api/v1/rates?user_id=" + somebody, "", 200, `"reset_at":"`},
		{"POST", "/api/v1/rates/reset", `{"user_id":"` + unknown.String() + `"}`, 404, `"code":"not_found"`},
		{"POST", "/api/v1/rates/reset", `{}`, 422, `property user_id`},
		{"GET", "/api/v1/organizations/" + somebody + "/members/" + somebody + "/rates", "", 404, `"code":"not_found"`},
	} {
		status, body := do(step.method, step.path, step.body)
		if status != step.status || !strings.Contains(body, step.answer) {
			t.Errorf("%s %s %s: %d %s, want %d %s", step.method, step.path, step.body, status, body, step.status, step.answer)
		}
	}
}
