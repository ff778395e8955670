// Package executionpistonhttp answers the Piston v2 API, so that programs written for
// Piston (github.com/engineer-man/piston) run on Stoa by changing an address. It is
// a thin translation: what runs is an ordinary execution, with its owner, limits,
// events and record.
//
// The shapes and words are those of Piston's api/src/api/v2.js and job.js. What
// differs: a credential is needed, a limit above the caller's own is refused with
// Stoa's reason, and installing packages is not part of it.
package executionpistonhttp

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// queueing is how long a run may wait for a slot and be transferred, beside its
// wall limit: Piston's API has no word for "later".
const queueing = time.Minute

type handlers struct{ slice *execution.Slice }

// Register puts Piston's operations on the API, below /api/piston: clients append /api/v2 to the address they are given.
func Register(api huma.API, slice *execution.Slice) {
	h := handlers{slice}
	runtimes := httpx.Operation("piston.runtimes", http.MethodGet, "/api/piston/api/v2/runtimes", "List runtimes as Piston does", "Piston")
	execute := httpx.InGroup(httpx.RateExecute,
		httpx.Operation("piston.execute", http.MethodPost, "/api/piston/api/v2/execute", "Run a program as Piston does", "Piston"))
	execute.Description = "Answers when the program has ended. A refusal is Stoa's problem document with Piston's `message` in it."
	execute.Middlewares = huma.Middlewares{asJSON}
	connect := httpx.InGroup(httpx.RateExecute,
		httpx.Operation("piston.connect", http.MethodGet, "/api/piston/api/v2/connect", "Run a program and talk to it as Piston does", "Piston"))
	connect.DefaultStatus = http.StatusSwitchingProtocols
	connect.Description = "A WebSocket with Piston's messages: `init`, `data` and `signal` to the server; `runtime`, `stage`, `data`, `exit` and `error` from it. " +
		"The program is ended when the socket is closed."
	for _, op := range []*huma.Operation{&runtimes, &execute, &connect} {
		refused(api, op)
	}
	huma.Register(api, runtimes, h.runtimes)
	huma.Register(api, execute, h.execute)
	httpx.RegisterRaw(api, connect, "application/json", h.connect)
}

// asJSON reads every body as JSON: some of Piston's clients call it text.
func asJSON(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	r.Header.Set("Content-Type", "application/json")
	next(ctx)
}

// refusal is a problem that Piston's clients find their message in.
type refusal struct {
	*httpx.ProblemDetails
	Message string `json:"message,omitempty" doc:"What happened, where Piston's clients look for it."`
}

// refused documents that an operation's errors carry a message.
func refused(api huma.API, op *huma.Operation) {
	type PistonRefusal struct {
		httpx.ProblemDetails
		Message string `json:"message,omitempty" doc:"What happened, where Piston's clients look for it."`
	}
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[PistonRefusal](), true, "PistonRefusal")
	op.Responses = map[string]*huma.Response{}
	for _, status := range append(op.Errors, http.StatusBadRequest) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
		}
	}
	op.Errors = nil
}

// refuse turns what Stoa says into what Piston would: a caller's mistake is 400.
func refuse(err error) error {
	p, ok := httpx.Problem(err).(*httpx.ProblemDetails)
	if !ok {
		return err
	}
	if f := fault.Of(err); f.Kind == fault.Invalid || f.Kind == fault.Limited && f.Retry == 0 {
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	}
	return refusal{p, p.Detail}
}

func wrong(format string, args ...any) error {
	return refuse(fault.New(fault.Invalid, "piston.invalid", format, args...))
}

// PistonRuntime is one entry of Piston's list.
type PistonRuntime struct {
	Language string   `json:"language" example:"javascript"`
	Version  string   `json:"version" example:"20.19.2"`
	Aliases  []string `json:"aliases"`
	Runtime  string   `json:"runtime,omitempty" example:"node" doc:"The interpreter, where the language has several."`
}

func (h handlers) runtimes(ctx context.Context, _ *struct{}) (*struct{ Body []PistonRuntime }, error) {
	all, err := h.slice.Runtimes(ctx, struct{}{})
	if err != nil {
		return nil, refuse(err)
	}
	out := []PistonRuntime{}
	for _, r := range all {
		if r.Nodes == 0 {
			continue // Piston lists what can run now
		}
		l := languageOf(r.Name)
		out = append(out, PistonRuntime{Language: l.name, Version: r.Version, Aliases: l.aliases, Runtime: l.runtime})
	}
	return &struct{ Body []PistonRuntime }{out}, nil
}

func (h handlers) execute(ctx context.Context, in *struct{ Body PistonRequest }) (*struct{ Body PistonAnswer }, error) {
	runtime, submit, err := h.wanted(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	patience := queueing + time.Duration(submit.Limits.WallMS)*time.Millisecond
	d, err := h.slice.SubmitAndWait(ctx, submit, patience)
	if err != nil {
		return nil, refuse(err)
	}
	if !d.Status.Terminal() {
		return nil, refuse(fault.New(fault.Unavailable, "piston.not_ended",
			"Execution %s is still %s. It goes on; ask for it at /api/v1/executions/%s.", d.ID, d.Status, d.ID))
	}
	return &struct{ Body PistonAnswer }{answer(runtime, d)}, nil
}

// wanted is the execution that a request asks for.
func (h handlers) wanted(ctx context.Context, r PistonRequest) (runtime execution.Runtime, in execution.Submit, err error) {
	all, err := h.slice.Runtimes(ctx, struct{}{})
	if err != nil {
		return runtime, in, refuse(err)
	}
	runtime, ok := match(all, r.Language, r.Version)
	if !ok {
		return runtime, in, wrong("%s-%s runtime is unknown", r.Language, r.Version)
	}
	in, err = r.submit(runtime)
	return runtime, in, err
}
