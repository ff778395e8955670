package judge0http

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
)

// Judge0Submission is a submission with the fields that were asked for.
type Judge0Submission struct {
	Token           string          `json:"token,omitempty" format:"uuid" doc:"The execution's id."`
	Status          *Judge0Status   `json:"status,omitempty"`
	StatusID        int             `json:"status_id,omitempty"`
	Language        *Judge0Language `json:"language,omitempty"`
	LanguageID      int             `json:"language_id,omitempty"`
	Time            *string         `json:"time,omitempty" nullable:"true" doc:"Seconds of CPU." example:"0.012"`
	WallTime        *string         `json:"wall_time,omitempty" nullable:"true" doc:"Seconds on the clock."`
	Memory          *int64          `json:"memory,omitempty" nullable:"true" doc:"Kilobytes, at most."`
	Stdout          *string         `json:"stdout,omitempty" nullable:"true"`
	Stderr          *string         `json:"stderr,omitempty" nullable:"true"`
	CompileOutput   *string         `json:"compile_output,omitempty" nullable:"true"`
	Message         *string         `json:"message,omitempty" nullable:"true"`
	ExitCode        *int            `json:"exit_code,omitempty" nullable:"true"`
	ExitSignal      *int            `json:"exit_signal,omitempty" nullable:"true"`
	CreatedAt       *string         `json:"created_at,omitempty" nullable:"true" example:"2026-01-31T10:00:00.000Z"`
	StartedAt       *string         `json:"started_at,omitempty" nullable:"true"`
	FinishedAt      *string         `json:"finished_at,omitempty" nullable:"true"`
	SourceCode      *string         `json:"source_code,omitempty" nullable:"true"`
	Stdin           *string         `json:"stdin,omitempty" nullable:"true"`
	ExpectedOutput  *string         `json:"expected_output,omitempty" nullable:"true"`
	Arguments       *string         `json:"command_line_arguments,omitempty" nullable:"true"`
	CPUTimeLimit    *string         `json:"cpu_time_limit,omitempty" nullable:"true" example:"5.0"`
	CPUExtraTime    *string         `json:"cpu_extra_time,omitempty" nullable:"true"`
	WallTimeLimit   *string         `json:"wall_time_limit,omitempty" nullable:"true"`
	MemoryLimit     *int64          `json:"memory_limit,omitempty" nullable:"true"`
	MaxProcesses    *int            `json:"max_processes_and_or_threads,omitempty" nullable:"true"`
	MaxFileSize     *int64          `json:"max_file_size,omitempty" nullable:"true"`
	NumberOfRuns    *int            `json:"number_of_runs,omitempty" nullable:"true"`
	RedirectStderr  *bool           `json:"redirect_stderr_to_stdout,omitempty" nullable:"true"`
	EnableNetwork   *bool           `json:"enable_network,omitempty" nullable:"true"`
	AdditionalFiles *string         `json:"additional_files,omitempty" nullable:"true" doc:"Always null: the unpacked files are in the execution."`

	CallbackStatus   *string `json:"callback_status,omitempty" nullable:"true" doc:"Stoa's own, only when asked for by name: waiting, queued, sending, delivered or failed; null without a callback."`
	CallbackAttempts *int    `json:"callback_attempts,omitempty" nullable:"true"`
	CallbackError    *string `json:"callback_error,omitempty" nullable:"true" doc:"Why the last attempt failed."`

	Text string `json:"error,omitempty" doc:"Why the submission itself is not in the answer."`
}

// Judge0Status is one of Judge0's statuses.
type Judge0Status struct {
	ID          int    `json:"id" minimum:"1" maximum:"14"`
	Description string `json:"description" example:"Accepted"`
}

// usual are the fields that are answered when none are asked for.
var usual = []string{"token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status"}

// beyond are fields that Judge0 1.13.1 does not have: they must be asked for by name.
var beyond = []string{"started_at", "callback_status", "callback_attempts", "callback_error"}

// known are the fields that can be asked for.
var known = func() []string {
	t := reflect.TypeFor[Judge0Submission]()
	names := make([]string, 0, t.NumField())
	for field := range t.Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "error" {
			names = append(names, name)
		}
	}
	return names
}()

// fieldsOf reads the parameter "fields".
func fieldsOf(text string) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return usual, nil
	}
	var fields, unknown []string
	all := false
	for name := range strings.SplitSeq(text, ",") {
		switch {
		case name == "*":
			all = true
		case slices.Contains(known, name):
			fields = append(fields, name)
		default:
			unknown = append(unknown, strings.ToValidUTF8(name, "?"))
		}
	}
	switch {
	case len(unknown) > 0:
		return nil, badRequest("judge0.fields", "invalid fields: [%s]", strings.Join(unknown, ", "))
	case all: // and by name those beyond: clients stumble over fields that Judge0 does not have
		fields = append(fields, known...)
		return slices.DeleteFunc(fields, func(f string) bool {
			return slices.Contains(beyond, f) && !slices.Contains(strings.Split(text, ","), f)
		}), nil
	}
	return fields, nil
}

// view is a submission as the caller asked to see it; null where there is nothing.
type view struct{ values map[string]any }

// MarshalJSON implements json.Marshaler.
func (v view) MarshalJSON() ([]byte, error) { return json.Marshal(v.values) }

// Schema implements huma.SchemaProvider.
func (view) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[Judge0Submission](), true, "Judge0Submission")
}

// subject is everything that a submission is shown from.
type subject struct {
	judge0.Submission
	execution.Details
	Callback *judge0.Callback // where it was asked for and there is one
}

// show answers the fields. It fails where a text is no UTF-8 and base64 was not asked for.
func show(s subject, fields []string, encoded bool) (view, bool) {
	v := s.Judge(s.Details)
	readable := true
	text := func(b []byte) any {
		switch {
		case b == nil:
			return nil
		case encoded:
			return base64.StdEncoding.EncodeToString(b)
		case !utf8.Valid(b):
			readable = false
		}
		return string(b)
	}
	all := s.settings()
	maps.Copy(all, map[string]any{
		"token": s.ID.String(), "status": Judge0Status{int(v.Status), v.Status.String()}, "status_id": int(v.Status),
		"time": seconds(v.Seconds), "wall_time": seconds(v.WallSeconds), "memory": v.Kilobytes, "exit_code": v.ExitCode, "exit_signal": v.ExitSignal,
	})
	out := view{map[string]any{}}
	for _, name := range fields {
		switch name {
		case "stdout":
			out.values[name] = text(v.Stdout)
		case "stderr":
			out.values[name] = text(v.Stderr)
		case "compile_output":
			out.values[name] = text(v.CompileOutput)
		case "message":
			out.values[name] = nil
			if v.Message != nil {
				out.values[name] = text([]byte(*v.Message))
			}
		case "source_code", "stdin":
			out.values[name] = text(s.input(name))
		case "expected_output":
			out.values[name] = text(s.Expected)
		default:
			out.values[name] = all[name]
		}
	}
	return out, readable
}

func (s subject) input(name string) []byte {
	switch {
	case s.Details.Input == nil:
		return nil
	case name == "stdin":
		if len(s.Details.Input.Stdin) == 0 {
			return nil
		}
		return s.Details.Input.Stdin
	}
	return []byte(s.Details.Input.Source)
}

// settings are the fields that do not depend on how it ended.
func (s subject) settings() map[string]any {
	l, _ := judge0.LanguageOf(s.LanguageID)
	_, version, _ := strings.Cut(s.Runtime, "@")
	cpu := float64(s.CPUMS) / 1000
	if s.Asked.CPUTimeLimit != nil && *s.Asked.CPUTimeLimit > 0 {
		cpu = *s.Asked.CPUTimeLimit
	}
	extra := 0.0
	if s.Asked.CPUExtraTime != nil {
		extra = *s.Asked.CPUExtraTime
	}
	all := map[string]any{
		"language": Judge0Language{ID: s.LanguageID, Name: l.NameOf(version)}, "language_id": s.LanguageID,
		"created_at": moment(&s.CreatedAt), "started_at": moment(s.StartedAt), "finished_at": moment(s.EndedAt),
		"cpu_time_limit": seconds(&cpu), "cpu_extra_time": seconds(&extra), "wall_time_limit": seconds(new(float64(s.WallMS) / 1000)),
		"memory_limit": s.MemoryBytes / 1024, "max_processes_and_or_threads": s.Processes, "max_file_size": s.OutputBytes / 1024,
		"number_of_runs": 1, "redirect_stderr_to_stdout": s.Asked.RedirectStderr, "enable_network": s.Network,
		"command_line_arguments": nil, "additional_files": nil, "callback_status": nil, "callback_attempts": nil, "callback_error": nil,
	}
	if s.Asked.CommandLineArguments != "" {
		all["command_line_arguments"] = s.Asked.CommandLineArguments
	}
	if c := s.Callback; c != nil {
		all["callback_status"], all["callback_attempts"] = string(c.Status), c.Attempts
		if c.Reason != "" {
			all["callback_error"] = c.Reason
		}
	}
	return all
}

// seconds is a decimal as Judge0 writes it, in a string.
func seconds(f *float64) any {
	if f == nil {
		return nil
	}
	text := strconv.FormatFloat(*f, 'f', -1, 64)
	if i := strings.IndexByte(text, '.'); i < 0 {
		text += ".0"
	} else if len(text) > i+4 {
		text = strconv.FormatFloat(*f, 'f', 3, 64)
	}
	return text
}
