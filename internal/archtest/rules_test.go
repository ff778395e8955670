package archtest

import (
	"strings"
	"testing"
)

const ours = Module + "/"

func TestImportsRunOneWay(t *testing.T) {
	for name, c := range map[string]struct {
		path, imported string
		wrong          string
	}{
		"platform, slice":           {"internal/platform/httpx/x.go", ours + "internal/node", "Declare a small port"},
		"platform, platform":        {"internal/platform/httpx/x.go", ours + "internal/platform/fault", ""},
		"own adapter":               {"internal/boot/node.go", ours + "internal/node/nodegrpc", ""},
		"another's adapter":         {"internal/execution/x.go", ours + "internal/node/nodegrpc", "only door"},
		"another's adapter in http": {"internal/execution/executionhttp/x.go", ours + "internal/node/nodepg", "only door"},
		"another's root":            {"internal/execution/x.go", ours + "internal/node", ""},
		"own root":                  {"internal/node/nodehttp/x.go", ours + "internal/node", ""},
		"upwards":                   {"internal/tenancy/x.go", ours + "internal/execution", "stands above"},
		"upwards to node":           {"internal/limit/x.go", ours + "internal/node", "stands above"},
		"beside":                    {"internal/identity/x.go", ours + "internal/tenancy", ""},
		"test support":              {"internal/execution/x_test.go", ours + "internal/node/nodetest", ""},
		"agent, slice":              {"internal/agent/x.go", ours + "internal/node", "another trust domain"},
		"agent, protocol":           {"internal/agent/x.go", ours + "api/agent/v1", ""},
		"cli, kernel":               {"internal/cli/x.go", ours + "internal/platform/fault", "public API only"},
		"cli, sdk":                  {"internal/cli/x.go", ours + "sdk/go", ""},
		"sdk, module":               {"sdk/go/x.go", "github.com/google/uuid", "standard library only"},
		"sdk, ours":                 {"sdk/go/x.go", ours + "internal/platform/fault", "standard library only"},
		"sdk, std":                  {"sdk/go/x.go", "net/http", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := File{Path: c.path, Imports: []string{c.imported}, Test: strings.HasSuffix(c.path, "_test.go")}
			expect(t, Imports(f), c.wrong)
		})
	}
}

func expect(t *testing.T, got []string, want string) {
	t.Helper()
	if text := strings.Join(got, "\n"); (want == "") != (text == "") || !strings.Contains(text, want) {
		t.Errorf("said %q, want %q", text, want)
	}
}

func TestRootsHaveNoEdges(t *testing.T) {
	for imported := range rootNeeds {
		expect(t, Roots(File{Path: "internal/node/x.go", Imports: []string{imported}}), "in the slice's root")
		expect(t, Roots(File{Path: "internal/node/nodehttp/x.go", Imports: []string{imported}}), "")
	}
}

func TestReachNamesTheWay(t *testing.T) {
	files := []File{
		{Path: "cmd/stoa-agent/main.go", Imports: []string{ours + "internal/agent"}},
		{Path: "internal/agent/agent.go", Imports: []string{ours + "internal/platform/x"}},
		{Path: "internal/agent/agent_test.go", Imports: []string{"github.com/nats-io/nats.go"}, Test: true},
		{Path: "internal/platform/x/x.go", Imports: []string{"github.com/jackc/pgx/v5"}},
	}
	expect(t, Reach(files), "cmd/stoa-agent → internal/agent → internal/platform/x → github.com/jackc/pgx/v5")
	files[3].Imports = []string{"github.com/jackc/pgx/v5/pgtype"}
	expect(t, Reach(files), "")
}

func TestShape(t *testing.T) {
	expect(t, Shape(File{Path: "a/a.go", Package: "a", Lines: 400}), "")
	expect(t, Shape(File{Path: "a/a.go", Package: "a", Lines: 401}), "split it")
	expect(t, Shape(File{Path: "a/a.go", Package: "a", Lines: 4000, Generated: true}), "")
	expect(t, Shape(File{Path: "util/a.go", Package: "util"}), "says nothing")
	expect(t, Shape(File{Path: "util/a_test.go", Package: "util_test"}), "says nothing")
	expect(t, Docs([]File{{Path: "a/a.go"}, {Path: "a/b_test.go", Test: true, Doc: true}}), "no package comment")
	expect(t, Docs([]File{{Path: "a/a.go"}, {Path: "a/b.go", Doc: true}}), "")
	expect(t, Names([]File{{Path: "internal/node/http/x.go"}}), "nodehttp")
	expect(t, Names([]File{{Path: "internal/node/nodehttp/x.go"}, {Path: "internal/agent/sandbox/x.go"}}), "")
	expect(t, Programs(File{Path: "cmd/stoad/main.go", Lines: 31}), "main only calls")
	expect(t, Programs(File{Path: "cmd/stoad/main.go", Lines: 30}), "")
}

func TestParseSeesWhatTheRulesNeed(t *testing.T) {
	f, err := parse("a/a_test.go", []byte(`// Package a is documented.
package a

import (
	clock "time"
	"net/http"
	"testing/synctest"
)

func init() { clock.Sleep(1) }

func TestX() { synctest.Test(nil, func() { clock.Sleep(1) }) }

type T struct{}

func (T) init() {}
`))
	if err != nil {
		t.Fatal(err)
	}
	if !f.Doc || !f.Test || f.Package != "a" || len(f.Imports) != 3 || len(f.Inits) != 1 || f.Inits[0] != 10 || len(f.Sleeps) != 1 {
		t.Errorf("%+v", f)
	}
	expect(t, Shape(f), "a/a_test.go:10: no func init")
	expect(t, Shape(f), "a/a_test.go:10: no time.Sleep")
}

func TestFaultsAreFound(t *testing.T) {
	f, err := parse("internal/a/a.go", []byte(`// Package a is documented.
package a

var one = fault.New(fault.NotFound, "a.gone", "It is "+"%d%% gone.", 3).Because(nil)
var two = value.Refuse("a.full", "Full: %s.", "x")
var not = other.New(fault.NotFound, "a.other", "No.")
`))
	if err != nil {
		t.Fatal(err)
	}
	page := ErrorsPage([]File{f})
	for _, want := range []string{"### `a.gone`\n\n404, not_found\n\n- It is …% gone.\n", "### `a.full`\n\n429, limited\n\n- Full: ….\n", "### `malformed`\n\n400, invalid"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	if strings.Contains(page, "a.other") {
		t.Error("something that is no fault is listed")
	}
}
