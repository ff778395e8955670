package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// Fault is one place in the source that makes a fault.
type Fault struct{ Kind, Code, Message string }

// faults finds fault.New(fault.Kind, "code", "message") and value.Refuse("code", "message").
func faults(tree *ast.File) []Fault {
	var found []Fault
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		switch {
		case !ok:
		case isCall(n, "fault", "New") && len(call.Args) >= 3:
			kind, _ := call.Args[0].(*ast.SelectorExpr)
			if code, ok := literal(call.Args[1]); ok && kind != nil {
				message, _ := literal(call.Args[2])
				found = append(found, Fault{kind.Sel.Name, code, message})
			}
		case sel.Sel.Name == "Refuse":
			if code, ok := literal(call.Args[0]); ok {
				message, _ := literal(call.Args[1])
				found = append(found, Fault{"Limited", code, message})
			}
		}
		return true
	})
	return found
}

// literal is the text of a string literal, or of several joined by +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok && ok2 && e.Op == token.ADD
	}
	return "", false
}

// atTheEdge are the problems that HTTP itself has, with statuses of their own.
var atTheEdge = []struct {
	code    string
	status  int
	message string
}{
	{"invalid", http.StatusUnprocessableEntity, "Some values of the request are wrong; errors lists them."},
	{"malformed", http.StatusBadRequest, "The request's body is not what its Content-Type says."},
	{"not_found", http.StatusNotFound, "There is nothing at this path, or nothing that you can see."},
	{"method_not_allowed", http.StatusMethodNotAllowed, "This path does not know this method. The Allow header lists those it knows."},
	{"request_timeout", http.StatusRequestTimeout, "The request's body did not arrive in time."},
	{"request_too_large", http.StatusRequestEntityTooLarge, "The request's body is larger than allowed; limit says how large it may be."},
	{"unsupported_media_type", http.StatusUnsupportedMediaType, "Send the body as application/json."},
	{"idempotency_key_invalid", http.StatusBadRequest, "The Idempotency-Key must have 1 to 255 visible ASCII characters."},
	{"internal", http.StatusInternalServerError, "Something went wrong on our side. The correlation id finds it in the logs."},
}

var verb = regexp.MustCompile(`%[+#]?[a-z]`)

// ErrorsPage is docs/errors.md: every code that the sources can answer with.
func ErrorsPage(files []File) string {
	type entry struct {
		kind     string
		status   int
		messages map[string]bool
	}
	entries, edge := map[string]*entry{}, map[string]bool{}
	for _, e := range atTheEdge {
		edge[e.code] = true
		entries[e.code] = &entry{httpx.KindOf(e.status).String(), e.status, map[string]bool{e.message: true}}
	}
	kinds := map[string]fault.Kind{}
	for _, k := range fault.Kinds() {
		kinds[strings.ReplaceAll(k.String(), "_", "")] = k
	}
	for _, f := range files {
		if strings.HasPrefix(f.Path, "internal/agent/") || strings.HasPrefix(f.Path, "internal/cli/") || strings.HasPrefix(f.Path, "cmd/") {
			continue // their faults never become answers of the API
		}
		for _, made := range f.Faults {
			k, known := kinds[strings.ToLower(made.Kind)]
			if !known || edge[made.Code] {
				continue
			}
			if entries[made.Code] == nil {
				entries[made.Code] = &entry{k.String(), httpx.Status(k), map[string]bool{}}
			}
			if made.Message != "" {
				entries[made.Code].messages[verb.ReplaceAllString(strings.ReplaceAll(made.Message, "%%", "%"), "…")] = true
			}
		}
	}
	var page strings.Builder
	page.WriteString(errorsIntro)
	for _, code := range slices.Sorted(maps.Keys(entries)) {
		e := entries[code]
		fmt.Fprintf(&page, "\n<a id=\"%s\"></a>\n\n### `%s`\n\n%d, %s\n", code, code, e.status, e.kind)
		for _, message := range slices.Sorted(maps.Keys(e.messages)) {
			fmt.Fprintf(&page, "\n- %s", message)
		}
		if len(e.messages) > 0 {
			page.WriteString("\n")
		}
	}
	return page.String()
}

const errorsIntro = `# Errors

<!-- Written by the sources: go test ./internal/archtest -run TestErrorsAreDocumented -update -->

Every error is a problem document, ` + "`application/problem+json`" + ` (RFC 9457): ` + "`status`" + ` and ` + "`title`" + ` of HTTP, ` + "`kind`" + ` (what sort of
thing went wrong), ` + "`code`" + ` (which rule, stable across versions), ` + "`detail`" + ` (for a person), ` + "`correlation_id`" + ` (finds the request in
logs, events and the audit trail), ` + "`errors`" + ` (which values are wrong) and ` + "`limit`" + ` (the limit that was hit, its value, and whose it is).

| kind | status | what to do |
|---|---|---|
| invalid | 422, 400, 405, 415 | change the request; errors says where |
| unauthenticated | 401 | sign in, or send a token that holds |
| denied | 403 | ask somebody whose role allows it |
| not_found | 404 | it is not there, or you may not see it |
| conflict | 409 | read the state again and decide |
| mismatch | 422 | use a new Idempotency-Key |
| limited | 429, 413 | wait as Retry-After says; without one, ask for less or for a higher limit |
| unavailable | 503, 408 | try again, as Retry-After says |
| internal | 500 | report it with the correlation id |

## Codes
`
