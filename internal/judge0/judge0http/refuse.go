package judge0http

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// wrong is Judge0's answer to a submission that cannot be taken: what is wrong, by field.
type wrong map[string][]string

func (w wrong) say(field, format string, args ...any) {
	w[field] = append(w[field], fmt.Sprintf(format, args...))
}

// Error implements error.
func (w wrong) Error() string {
	var b strings.Builder
	for _, field := range slices.Sorted(maps.Keys(w)) {
		fmt.Fprintf(&b, "%s %s; ", field, strings.Join(w[field], ", "))
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// GetStatus implements huma.StatusError.
func (w wrong) GetStatus() int { return http.StatusUnprocessableEntity }

// ContentType implements huma.ContentTypeFilter: it is no problem document.
func (w wrong) ContentType(string) string { return "application/json" }

// refusal is a problem that Judge0's clients find their message in.
type refusal struct {
	*httpx.ProblemDetails
	Text string `json:"error"`
}

// refuse turns what Stoa says into a problem with Judge0's error in it.
func refuse(err error) error {
	p, ok := httpx.Problem(err).(*httpx.ProblemDetails)
	if !ok {
		return err
	}
	return refusal{p, p.Detail}
}

// badRequest is what Judge0 answers with 400.
func badRequest(code, format string, args ...any) error {
	p, ok := httpx.Problem(fault.New(fault.Invalid, code, format, args...)).(*httpx.ProblemDetails)
	if !ok {
		return fmt.Errorf(format, args...)
	}
	p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	return refusal{p, p.Detail}
}

// fieldOf says which of Judge0's fields a limit of ours is about, and how many of our units make one of its own.
var fieldOf = map[string]struct {
	name string
	unit float64
}{
	"execution.timeout.max_ms":   {"wall_time_limit", 1000},
	"execution.cpu.max_ms":       {"cpu_time_limit", 1000},
	"execution.memory.max_bytes": {"memory_limit", 1024},
	"execution.processes.max":    {"max_processes_and_or_threads", 1},
	"execution.output.max_bytes": {"max_file_size", 1024},
}

// paths are the fields that the parts of an execution come from.
var paths = map[string]string{
	"body.source": "source_code", "body.args": "command_line_arguments", "body.files": "additional_files", "body.runtime": "language_id",
	"body.egress": "enable_network", "body.limits.wall_ms": "wall_time_limit", "body.limits.cpu_ms": "cpu_time_limit",
	"body.limits.memory_bytes": "memory_limit", "body.limits.processes": "max_processes_and_or_threads", "body.limits.output_bytes": "max_file_size",
}

// refuseSubmit says which field a refused submission owes it to, where there is one.
func refuseSubmit(err error) error {
	f := fault.Of(err)
	out := wrong{}
	switch {
	case f.Limit != nil && fieldOf[f.Limit.Name].unit > 0:
		field := fieldOf[f.Limit.Name]
		out.say(field.name, "must be less than or equal to %g (%s, set for %s)", float64(f.Limit.Value)/field.unit, f.Limit.Name, f.Limit.Scope)
	case f.Code == "execution.source_too_long":
		out.say("source_code", "%s", f.Message)
	case f.Code == "execution.egress_not_allowed":
		out.say("enable_network", "%s", f.Message)
	case f.Code == "execution.batch_too_large" && f.Limit != nil:
		return badRequest("judge0.batch_too_large", "number of submissions in a batch should be less than or equal to %d", f.Limit.Value)
	case f.Code == "execution.queue_full":
		p, ok := httpx.Problem(err).(*httpx.ProblemDetails)
		if !ok {
			return err
		}
		p.Status, p.Title = http.StatusServiceUnavailable, http.StatusText(http.StatusServiceUnavailable)
		return refusal{p, "queue is full"}
	default:
		for _, bad := range f.Fields {
			if name, ok := paths[bad.Path]; ok {
				out.say(name, "%s", bad.Message)
			}
		}
	}
	if len(out) == 0 {
		return refuse(err)
	}
	return out
}
