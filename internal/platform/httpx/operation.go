package httpx

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Groups of operations that share a rate per caller. The rates are settings
// (rate.execute, …).
const (
	RateAPI     = "api"
	RateExecute = "execute"
	RateAuth    = "auth"
	RateAdmin   = "admin"
	RateStream  = "stream"
	RateNone    = "" // not limited
)

// bodyTimeout is how long a request's body may take to arrive: 10 MiB over 3 Mbit/s.
const bodyTimeout = 30 * time.Second

const (
	metaPublic = "stoa.public"
	metaRate   = "stoa.rate"
	metaSoon   = "stoa.soon"
	metaBody   = "stoa.body"
)

// Operation declares an operation with the answers that the edge itself may give.
// name is the bound command's or query's, which is its permission, audit action
// and metric label too. It needs a credential and counts against the rate "api"
// unless Public and InGroup say otherwise.
func Operation(name, method, path, summary string, tags ...string) huma.Operation {
	errs := []int{
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if method != http.MethodGet && method != http.MethodHead {
		errs = append(errs, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict,
			http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	slices.Sort(errs)
	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary, Tags: tags, Errors: errs,
		Security: []map[string][]string{{"token": {}}, {"session": {}}},
		Metadata: map[string]any{metaRate: RateAPI}, BodyReadTimeout: bodyTimeout,
	}
}

// Public lets callers in without a credential; one that does not hold is ignored.
func Public(op huma.Operation) huma.Operation {
	op.Metadata[metaPublic] = true
	op.Security = []map[string][]string{}
	return op
}

// Soon lets the operation begin with the caller as last seen. Its handler must do
// nothing before its first command or query, which makes the caller certain.
func Soon(op huma.Operation) huma.Operation {
	op.Metadata[metaSoon] = true
	return op
}

// Streams lets the operation read its body while it comes, of any length: the handler takes it by Body and bounds it.
// The path has no parameters.
func Streams(op huma.Operation, contentType string) huma.Operation {
	op.Metadata[metaBody] = true
	op.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	return op
}

// InGroup counts the operation against another rate.
func InGroup(group string, op huma.Operation) huma.Operation {
	op.Metadata[metaRate] = group
	return op
}

// Serve writes an answer that is more than one JSON document.
type Serve func(w http.ResponseWriter, r *http.Request)

// RegisterRaw registers an operation that answers with bytes or a stream of its
// own: prepare authorises and may fail with a fault, which becomes a problem; then
// the Serve that it returned takes over. contentTypes documents the answer: one
// type, or several with commas between.
func RegisterRaw[I any](api huma.API, op huma.Operation, contentTypes string, prepare func(ctx context.Context, in *I) (Serve, error)) {
	if op.DefaultStatus == 0 {
		op.DefaultStatus = http.StatusOK
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	content := map[string]*huma.MediaType{}
	for contentType := range strings.SplitSeq(contentTypes, ",") {
		schema := &huma.Schema{Type: huma.TypeString}
		if contentType = strings.TrimSpace(contentType); contentType == "application/json" {
			schema = &huma.Schema{}
		}
		content[contentType] = &huma.MediaType{Schema: schema}
	}
	op.Responses[strconv.Itoa(op.DefaultStatus)] = &huma.Response{Description: http.StatusText(op.DefaultStatus), Content: content}
	huma.Register(api, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		serve, err := prepare(ctx, in)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			serve(w, r)
		}}, nil
	})
}

// Operations lists the names of every operation of the API, sorted. A test
// compares them with the permission table.
func Operations(api huma.API) []string {
	var names []string
	for _, item := range api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Options, item.Head, item.Patch, item.Trace} {
			if op != nil {
				names = append(names, op.OperationID)
			}
		}
	}
	slices.Sort(names)
	return names
}
