package executionhttp

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// maxStdin is the most that one request writes, in bytes.
const maxStdin = 1 << 20

func registerInteractive(api huma.API, h handlers, tag string) {
	stdin := httpx.Operation("execution.input", http.MethodPost, "/api/v1/executions/{id}/stdin", "Write to a running execution", tag)
	stdin.Description = "The body's bytes go to the program's standard input, in the order of the requests that were answered. It waits some seconds " +
		"for a program that has not started or does not read; after `execution.input_full` the bytes that were not written never will be."
	stdin.MaxBodyBytes = maxStdin
	huma.Register(api, stdin, h.stdin)
	api.OpenAPI().Paths[stdin.Path].Post.RequestBody.Required = false // nothing but the end of the input
	attach := httpx.InGroup(httpx.RateStream, httpx.Operation("execution.attach", http.MethodGet, "/api/v1/executions/{id}/attach", "Attach to a running execution", tag))
	attach.DefaultStatus = http.StatusSwitchingProtocols
	attach.Description = "A WebSocket, subprotocol `stoa.attach.v1`. From the server, text: `{type, id, data}` with the types and data of …/events; " +
		"`refused` (`{code, message}`) says that input was not taken. To the server, binary: bytes for standard input; text: " +
		"`{type: \"resize\", columns, rows}` or `{type: \"close\"}`, after which the input ends. Resume with `last_event_id`."
	attach.Errors = append(attach.Errors, http.StatusConflict) // it takes no input, or has ended
	httpx.RegisterRaw(api, attach, "application/json", h.attach)
	recording := httpx.Operation("execution.recording", http.MethodGet, "/api/v1/executions/{id}/recording", "Get the recording of an execution", tag)
	recording.Errors = append(recording.Errors, http.StatusConflict) // it has not ended
	httpx.RegisterRaw(api, recording, "application/x-asciicast", h.recording)
}

type stdinInput struct {
	ExecutionPath
	IdempotencyHeader
	Close   bool `query:"close" doc:"After these bytes, the input ends."`
	RawBody []byte
}

// StdinWritten is what became of what was written.
type StdinWritten struct {
	Bytes int `json:"bytes" doc:"That the program will get."`
}

func (h handlers) stdin(ctx context.Context, in *stdinInput) (*struct{ Body StdinWritten }, error) {
	given, err := h.slice.GiveInput(ctx, execution.GiveInput{ID: in.ID, Bytes: in.RawBody, Close: in.Close})
	if err != nil {
		return nil, err
	}
	return &struct{ Body StdinWritten }{StdinWritten(given)}, nil
}

func (h handlers) recording(ctx context.Context, in *ExecutionPath) (httpx.Serve, error) {
	recording, err := h.slice.Recording(ctx, execution.Get{ID: in.ID})
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-asciicast")
		w.Header().Set("Content-Length", strconv.Itoa(len(recording)))
		_, _ = w.Write(recording)
	}, nil
}
