// Package judge0http answers Judge0's submissions API, so that programs written for
// Judge0 (github.com/judge0/judge0) run on Stoa by changing an address. It is a thin
// translation: what runs is an ordinary execution, with its owner, limits, events and
// record, and a submission's token is its id.
//
// The shapes and words are those of Judge0 CE 1.13.1's controllers and serializers.
// What differs is in docs/coming-from.md.
package judge0http

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// queueing is how long a submission may wait for a slot and be transferred, beside
// its wall limit, while its client waits for the answer.
const queueing = time.Minute

// pollFor is how long the answer about a submission that has not ended is held back
// in case it does: clients ask ten times a second, and learn of the end sooner so.
const pollFor = time.Second

type handlers struct {
	slice      *judge0.Slice
	executions *execution.Slice
	limits     command.Func[limit.List, []limit.Effective]
}

// Register puts Judge0's operations on the API, below /api/judge0.
func Register(api huma.API, slice *judge0.Slice, executions *execution.Slice, limits command.Func[limit.List, []limit.Effective]) {
	h := handlers{slice, executions, limits}
	const all, one, batch = "/api/judge0/submissions", "/api/judge0/submissions/{token}", "/api/judge0/submissions/batch"
	create := httpx.InGroup(httpx.RateExecute, operation(api, "judge0.submit", http.MethodPost, all, "Run a program as Judge0 does"))
	create.Description = "Answers the token at once, or, with `wait=true`, the submission when the program has ended."
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, create, h.submit)
	many := httpx.InGroup(httpx.RateExecute, operation(api, "judge0.batch", http.MethodPost, batch, "Run several programs as Judge0 does"))
	many.DefaultStatus = http.StatusCreated
	many.Responses["422"].Content["application/json"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{}}} // none was taken
	huma.Register(api, many, h.batch)
	get := operation(api, "judge0.get", http.MethodGet, one, "Get a submission as Judge0 has it")
	get.Description = "The answer about one that has not ended is held back for up to a second, in case it does."
	huma.Register(api, get, h.get)
	index := operation(api, "judge0.list", http.MethodGet, all, "List a project's submissions as Judge0 does")
	index.Description = "Of the project that the token is bound to, or the caller's default. Newest first."
	huma.Register(api, index, h.list)
	list := operation(api, "judge0.get_batch", http.MethodGet, batch, "Get several submissions as Judge0 has them")
	list.Description = get.Description
	huma.Register(api, list, h.getBatch)
	huma.Register(api, operation(api, "judge0.delete", http.MethodDelete, one, "Delete an ended submission"), h.remove)
	huma.Register(api, operation(api, "judge0.languages", http.MethodGet, "/api/judge0/languages", "List languages by Judge0's numbers"), h.languages)
	huma.Register(api, operation(api, "judge0.all_languages", http.MethodGet, "/api/judge0/languages/all", "List all of Judge0's numbers, archived ones too"), h.allLanguages)
	for _, name := range []string{"authenticate", "authorize"} {
		check := operation(api, "judge0."+name, http.MethodPost, "/api/judge0/"+name, "Say whether the token is one, as Judge0 does")
		check.DefaultStatus = http.StatusOK
		huma.Register(api, check, h.recognise)
	}
	huma.Register(api, operation(api, "judge0.language", http.MethodGet, "/api/judge0/languages/{id}", "Get a language by Judge0's number"), h.language)
	huma.Register(api, operation(api, "judge0.statuses", http.MethodGet, "/api/judge0/statuses", "List Judge0's statuses"), h.statuses)
	huma.Register(api, operation(api, "judge0.about", http.MethodGet, "/api/judge0/about", "Say what answers in Judge0's place"), h.about)
	huma.Register(api, operation(api, "judge0.config_info", http.MethodGet, "/api/judge0/config_info", "Show the caller's limits as Judge0's configuration"), h.config)
	huma.Register(api, operation(api, "judge0.system_info", http.MethodGet, "/api/judge0/system_info", "Show what the system has"), h.system)
	huma.Register(api, operation(api, "judge0.workers", http.MethodGet, "/api/judge0/workers", "Show the queue as Judge0 does"), h.workers)
	registerRedeliver(api, h)
}

// operation declares one whose refusals carry Judge0's `error`, and whose 422 has
// Judge0's shape: what is wrong, by field.
func operation(api huma.API, name, method, path, summary string) huma.Operation {
	type Judge0Refusal struct {
		httpx.ProblemDetails
		Text string `json:"error,omitempty" doc:"What happened, where Judge0's clients look for it."`
	}
	op := httpx.Operation(name, method, path, summary, "Judge0")
	op.SkipValidateBody = true // what is wrong is said in Judge0's words
	problem := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Judge0Refusal](), true, "Judge0Refusal")
	wrong := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[map[string][]string](), true, "Judge0Wrong")
	op.Responses = map[string]*huma.Response{}
	for _, status := range append(op.Errors, http.StatusBadRequest) {
		content := map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}
		if status == http.StatusUnprocessableEntity && method == http.MethodPost {
			content["application/json"] = &huma.MediaType{Schema: wrong}
		}
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: content}
	}
	op.Errors = nil
	if method == http.MethodPost {
		op.Middlewares = huma.Middlewares{asJSON}
	}
	return op
}

// asJSON reads every body as JSON: some clients forget to say that it is.
func asJSON(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	r.Header.Set("Content-Type", "application/json")
	next(ctx)
}

// catalogue is what can run now, under Judge0's numbers.
func (h handlers) catalogue(ctx context.Context) ([]execution.Runtime, error) {
	all, err := h.executions.Runtimes(ctx, struct{}{})
	if err != nil {
		return nil, refuse(err)
	}
	return all, nil
}
