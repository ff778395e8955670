package httpx

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// route is one path of the API and its methods.
type route struct {
	segments []string // "{id}" is any
	literals int
	methods  []string
}

type routes struct {
	all []route // those with more literal segments first
	// shadowed are the paths that also match what a more literal path is for:
	// GET /executions/{id} sees /executions/batch, which knows only POST.
	shadowed map[string]bool
	// streamed are the operations that bound their bodies themselves: "POST /api/v1/files".
	streamed map[string]bool
}

func routesOf(api *huma.OpenAPI) routes {
	r := routes{shadowed: map[string]bool{}, streamed: map[string]bool{}}
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		one := route{segments: strings.Split(path, "/")}
		for _, segment := range one.segments {
			if !strings.HasPrefix(segment, "{") {
				one.literals++
			}
		}
		for method, op := range methodsOf(api.Paths[path]) {
			if op != nil {
				one.methods = append(one.methods, method)
				r.streamed[method+" "+path] = op.Metadata[metaBody] == true
			}
		}
		slices.Sort(one.methods)
		for _, other := range r.all {
			switch {
			case one.matches(other.segments):
				r.shadowed[path] = true
			case other.matches(one.segments):
				r.shadowed[strings.Join(other.segments, "/")] = true
			}
		}
		r.all = append(r.all, one)
	}
	slices.SortStableFunc(r.all, func(a, b route) int { return b.literals - a.literals })
	return r
}

func methodsOf(item *huma.PathItem) map[string]*huma.Operation {
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}
}

func (r route) matches(segments []string) bool {
	return slices.EqualFunc(r.segments, segments, func(own, other string) bool {
		return own == other || strings.HasPrefix(own, "{") && other != ""
	})
}

// methods are those of the path that was meant: the one with most literal segments.
func (r routes) methods(path string) []string {
	segments := strings.Split(path, "/")
	for _, one := range r.all {
		if one.matches(segments) {
			return one.methods
		}
	}
	return nil
}

// refuseShadowed says 405 where the mux found another path's operation for a
// method that the path in question does not have.
func (s *Server) refuseShadowed(ctx huma.Context, next func(huma.Context)) {
	if routes := s.routes(); routes.shadowed[ctx.Operation().Path] {
		x := exchangeOf(ctx.Context())
		if allowed := routes.methods(x.inner.URL.Path); !slices.Contains(allowed, ctx.Operation().Method) {
			s.refuseMethod(x, x.inner, allowed)
			return
		}
	}
	next(ctx)
}

// unknownOperation answers paths under /api that match nothing. They would fall
// through to the console otherwise, which answers everything.
func (s *Server) unknownOperation(w http.ResponseWriter, r *http.Request) {
	if allowed := s.routes().methods(r.URL.Path); len(allowed) > 0 {
		s.refuseMethod(w, r, allowed)
		return
	}
	s.writeProblem(w, r, statusProblem(http.StatusNotFound, ""))
}

func (s *Server) refuseMethod(w http.ResponseWriter, r *http.Request, allowed []string) {
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	s.writeProblem(w, r, statusProblem(http.StatusMethodNotAllowed, fmt.Sprintf("%s is not among the methods of this path: %s.", r.Method, list)))
}
