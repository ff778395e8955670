package archtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ranks orders the slices: each may import those of its own rank and below.
//
//	platform ← identity, tenancy, limit ← node ← workloads ← billing, notification
//
// A slice that is not listed is a workload.
var ranks = map[string]int{"identity": 1, "tenancy": 1, "limit": 1, "node": 2, "billing": 4, "payment": 4, "notification": 4}

const workloadRank = 3

// apart are the folders of internal that are no slices.
var apart = map[string]bool{"platform": true, "boot": true, "agent": true, "cli": true, "archtest": true}

func rankOf(slice string) int {
	if r, ok := ranks[slice]; ok {
		return r
	}
	return workloadRank
}

// sliceOf is the slice that a folder or import path of ours belongs to, and what
// follows in it: ("node", "nodegrpc"). It is empty for what is no slice.
func sliceOf(dir string) (slice, sub string) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(dir, Module+"/"), "internal/")
	if !ok {
		return "", ""
	}
	slice, sub, _ = strings.Cut(rest, "/")
	if apart[slice] {
		return "", ""
	}
	return slice, sub
}

// Imports holds one file against the layers.
func Imports(f File) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, f.Path+" "+fmt.Sprintf(format, args...)) }
	own, sub := sliceOf(f.Dir())
	for _, imported := range f.Imports {
		ours := strings.HasPrefix(imported, Module+"/")
		short := strings.TrimPrefix(imported, Module+"/")
		other, otherSub := sliceOf(imported)
		switch {
		case strings.HasPrefix(f.Path, "sdk/go/") && f.Package != "main" && !isStandard(imported) && !strings.HasPrefix(short, "sdk/go"):
			if !f.Test {
				say("imports %s: the SDK uses the standard library only, so that its users inherit nothing. Write it here, or do without.", imported)
			}
		case !ours:
			// What others wrote is the business of Reach, RootNeeds and the linter.
		case strings.HasPrefix(f.Path, "internal/platform/") && other != "":
			say("imports the slice %s: platform is mechanism and knows no business. Declare a small port (an interface) in platform and let %s implement it, wired in internal/boot.", other, other)
		case strings.HasPrefix(f.Path, "internal/agent/") && (other != "" || strings.HasPrefix(short, "internal/boot")):
			say("imports %s: the agent is another trust domain and knows no slice. Put what both need into api/agent/v1 or platform.", short)
		case strings.HasPrefix(f.Path, "internal/cli/") && strings.HasPrefix(short, "internal/") && !strings.HasPrefix(short, "internal/cli") && !f.Test:
			say("imports %s: the CLI speaks the public API only. Use sdk/go.", short)
		case own == "" || other == "" || own == other:
		case otherSub != "" && !isTestSupport(other, otherSub, f):
			say("imports %s: a slice's root is its only door. Import internal/%s, and if it lacks what you need, have it export a command, type or reservation.", short, other)
		case rankOf(own) < rankOf(other) && sub == "" && !f.Test:
			say("imports the slice %s, which stands above %s. Consume its events, or declare a port in %s that internal/boot fills.", other, own, own)
		}
	}
	return wrong
}

// isTestSupport allows <slice>test packages in tests.
func isTestSupport(slice, sub string, f File) bool { return f.Test && sub == slice+"test" }

func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// rootNeeds are what a slice's root must not import, and where that belongs.
var rootNeeds = map[string]string{
	"net/http":                              "HTTP belongs into the slice's ...http package",
	"github.com/danielgtaylor/huma/v2":      "HTTP belongs into the slice's ...http package",
	"github.com/jackc/pgx/v5/pgxpool":       "take a pg.Querier or *pg.Tx",
	"google.golang.org/grpc":                "gRPC belongs into the slice's ...grpc package",
	"github.com/nats-io/nats.go":            "take a port; the bus is wired in internal/boot",
	Module + "/internal/platform/httpx":     "HTTP belongs into the slice's ...http package",
	Module + "/internal/platform/pg/pgtest": "only tests use it",
}

// Roots keeps the edges out of the slices' roots.
func Roots(f File) []string {
	slice, sub := sliceOf(f.Dir())
	if slice == "" || sub != "" || f.Test {
		return nil
	}
	var wrong []string
	for _, imported := range f.Imports {
		if instead, no := rootNeeds[imported]; no {
			wrong = append(wrong, fmt.Sprintf("%s imports %s in the slice's root: %s.", f.Path, imported, instead))
		}
	}
	return wrong
}

// reach lists what a program must not link, not even through others.
var reach = []struct{ program, banned, why string }{
	{"cmd/stoa-agent", Module + "/internal/platform/pg", "the agent holds no database credentials"},
	{"cmd/stoa-agent", "github.com/jackc/pgx/v5", "the agent links no database driver"},
	{"cmd/stoa-agent", "github.com/jackc/pgx/v5/pgxpool", "the agent links no database driver"},
	{"cmd/stoa-agent", "github.com/nats-io/", "the agent dials the control plane only, not the bus"},
	{"cmd/stoa-agent", "go.temporal.io/", "the agent knows no flows"},
	{"cmd/stoa", "github.com/jackc/", "the CLI speaks the public API only"},
	{"cmd/stoa", "github.com/nats-io/", "the CLI speaks the public API only"},
	{"cmd/stoa", "google.golang.org/grpc", "the CLI speaks the public API only"},
	{"cmd/stoad", "testing", "test support must not reach the server"},
}

// Reach follows the imports of our own packages from each program, and names the
// way by which it reaches something banned.
func Reach(files []File) []string {
	imports := map[string]map[string]bool{} // folder → imports, without tests
	for _, f := range files {
		if f.Test {
			continue
		}
		if imports[f.Dir()] == nil {
			imports[f.Dir()] = map[string]bool{}
		}
		for _, imported := range f.Imports {
			imports[f.Dir()][imported] = true
		}
	}
	var wrong []string
	for _, r := range reach {
		if way := wayTo(imports, r.program, r.banned); way != nil {
			wrong = append(wrong, fmt.Sprintf("%s links %s: %s. The way there: %s.", r.program, r.banned, r.why, strings.Join(way, " → ")))
		}
	}
	return wrong
}

// wayTo is the shortest chain of imports from a folder to banned, or nil.
func wayTo(imports map[string]map[string]bool, from, banned string) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		for _, imported := range slices.Sorted(maps.Keys(imports[here])) {
			if imported == banned || strings.HasSuffix(banned, "/") && strings.HasPrefix(imported, banned) {
				way := []string{imported}
				for at := here; at != ""; at = before[at] {
					way = append(way, at)
				}
				slices.Reverse(way)
				return way
			}
			next, ours := strings.CutPrefix(imported, Module+"/")
			if _, seen := before[next]; ours && !seen {
				before[next] = here
				queue = append(queue, next)
			}
		}
	}
	return nil
}
