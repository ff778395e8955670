package judge0http

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
)

// number is a JSON number, or one in a string, as forms in browsers send it.
type number float64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("%s is not a number", b)
	}
	*n = number(f)
	return nil
}

// Schema implements huma.SchemaProvider.
func (number) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeNumber} }

// flag is a JSON boolean, or one in a string.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(b []byte) error {
	switch strings.Trim(string(b), `"`) {
	case "true", "1":
		*f = true
	case "false", "0", "":
		*f = false
	default:
		return fmt.Errorf("%s is neither true nor false", b)
	}
	return nil
}

// Schema implements huma.SchemaProvider.
func (flag) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeBoolean} }

// Judge0Request asks for a run. Times are seconds, sizes kilobytes of 1024 bytes; what
// is absent or null takes the default that applies to the caller.
type Judge0Request struct {
	SourceCode           *string `json:"source_code,omitempty" doc:"The program." example:"print('hello')"`
	LanguageID           *number `json:"language_id,omitempty" doc:"Judge0's number of a language, as GET /languages lists them." example:"71"`
	CompilerOptions      *string `json:"compiler_options,omitempty" doc:"Refused: every language is compiled in one way here."`
	CommandLineArguments *string `json:"command_line_arguments,omitempty"`
	NumberOfRuns         *number `json:"number_of_runs,omitempty" doc:"1: a submission is one execution."`
	Stdin                *string `json:"stdin,omitempty"`
	ExpectedOutput       *string `json:"expected_output,omitempty" doc:"What the program should write. Blanks at the ends of lines do not count."`
	CPUTimeLimit         *number `json:"cpu_time_limit,omitempty"`
	CPUExtraTime         *number `json:"cpu_extra_time,omitempty" doc:"How much longer it may live before it is killed; the verdict is the limit's."`
	WallTimeLimit        *number `json:"wall_time_limit,omitempty"`
	MemoryLimit          *number `json:"memory_limit,omitempty"`
	StackLimit           *number `json:"stack_limit,omitempty" doc:"Accepted: the stack counts as memory."`
	MaxProcesses         *number `json:"max_processes_and_or_threads,omitempty"`
	PerProcessTime       *flag   `json:"enable_per_process_and_thread_time_limit,omitempty" doc:"Refused when true: limits are for the whole process tree."`
	PerProcessMemory     *flag   `json:"enable_per_process_and_thread_memory_limit,omitempty" doc:"Refused when true, as the one before."`
	MaxFileSize          *number `json:"max_file_size,omitempty" doc:"How much of stdout and stderr is kept, each."`
	RedirectStderr       *flag   `json:"redirect_stderr_to_stdout,omitempty"`
	CallbackURL          *string `json:"callback_url,omitempty" doc:"Called with PUT and the submission when it has ended."`
	AdditionalFiles      *string `json:"additional_files,omitempty" doc:"A zip archive in base64, unpacked beside the program."`
	EnableNetwork        *flag   `json:"enable_network,omitempty" doc:"Let it reach what the caller's executions may reach."`
}

const maxWords = 512 // characters of command_line_arguments, as Judge0 has it

// submit translates. encoded says that the texts are base64.
func (r Judge0Request) submit(slice *judge0.Slice, runtimes []execution.Runtime, encoded bool) (execution.Submit, error) {
	bad := wrong{}
	text := func(field string, in *string, encoded bool) []byte {
		if in == nil {
			return nil
		}
		if !encoded {
			return []byte(*in)
		}
		out, err := decode(*in)
		if err != nil {
			bad.say(field, "is not base64")
		}
		return out
	}
	source := text("source_code", r.SourceCode, encoded)
	if len(bytes.TrimSpace(source)) == 0 && len(bad) == 0 {
		bad.say("source_code", "can't be blank")
	}
	if !utf8.Valid(source) {
		bad.say("source_code", "must be UTF-8")
	}
	offer := r.offer(runtimes, bad)
	extra := judge0.Extra{LanguageID: offer.ID, Expected: text("expected_output", r.ExpectedOutput, encoded), CallbackURL: words(r.CallbackURL)}
	extra.Asked = judge0.Asked{
		CPUTimeLimit: float(r.CPUTimeLimit), CPUExtraTime: float(r.CPUExtraTime), StackLimit: float(r.StackLimit),
		CommandLineArguments: words(r.CommandLineArguments), RedirectStderr: yes(r.RedirectStderr),
	}
	in := execution.Submit{
		Runtime: offer.Runtime.ID, Priority: execution.Normal, PriorityUnasked: true, Network: yes(r.EnableNetwork), Limits: r.limits(bad),
		Input: execution.Input{Source: string(source), Stdin: text("stdin", r.Stdin, encoded)},
	}
	r.checkOptions(bad)
	var err error
	if in.Input.Args, err = judge0.SplitArguments(extra.Asked.CommandLineArguments); err != nil {
		bad.say("command_line_arguments", "%s", err)
	}
	if archive := text("additional_files", r.AdditionalFiles, true); len(archive) > 0 {
		if in.Input.Files, err = judge0.Unpack(archive, offer.Runtime.FileName); err != nil {
			bad.say("additional_files", "%s", err)
		}
	}
	if extra.CallbackURL != "" {
		if err := slice.CheckCallback(extra.CallbackURL); err != nil {
			bad.say("callback_url", "%s", refuse(err))
		}
	}
	if len(bad) > 0 {
		return in, bad
	}
	in.Companion = slice.With(extra)
	return in, nil
}

func (r Judge0Request) offer(runtimes []execution.Runtime, bad wrong) judge0.Offer {
	id := ""
	if r.LanguageID != nil {
		id = strconv.FormatFloat(float64(*r.LanguageID), 'f', -1, 64)
		if n := int(*r.LanguageID); float64(n) == float64(*r.LanguageID) {
			if offer, ok := judge0.Find(runtimes, n); ok {
				return offer
			}
		}
	} else {
		bad.say("language_id", "can't be blank")
	}
	bad.say("language_id", "language with id %s doesn't exist", id)
	return judge0.Offer{}
}

// limits are the run's own. What is more than the caller may have is refused when it is submitted.
func (r Judge0Request) limits(bad wrong) execution.Limits {
	scaled := func(field string, in *number, least, unit float64) int64 {
		if in == nil {
			return 0
		}
		if float64(*in) < least {
			bad.say(field, "must be greater than or equal to %g", least)
			return 0
		}
		return int64(math.Min(math.Ceil(float64(*in)*unit), 1<<53))
	}
	l := execution.Limits{
		WallMS: scaled("wall_time_limit", r.WallTimeLimit, 1, 1000), CPUMS: scaled("cpu_time_limit", r.CPUTimeLimit, 0, 1000),
		MemoryBytes: scaled("memory_limit", r.MemoryLimit, 2048, 1024), Processes: scaled("max_processes_and_or_threads", r.MaxProcesses, 1, 1),
		OutputBytes: scaled("max_file_size", r.MaxFileSize, 0, 1024),
	}
	scaled("stack_limit", r.StackLimit, 0, 1024)
	if extra := scaled("cpu_extra_time", r.CPUExtraTime, 0, 1000); l.CPUMS > 0 {
		l.CPUMS += extra
	}
	return l
}

// checkOptions refuses what Judge0 lets its operators switch off, in the words that it has then.
func (r Judge0Request) checkOptions(bad wrong) {
	if strings.TrimSpace(words(r.CompilerOptions)) != "" {
		bad.say("compiler_options", "setting compiler options is not allowed")
	}
	if utf8.RuneCountInString(words(r.CommandLineArguments)) > maxWords {
		bad.say("command_line_arguments", "is too long (maximum is %d characters)", maxWords)
	}
	if n := r.NumberOfRuns; n != nil && *n <= 0 {
		bad.say("number_of_runs", "must be greater than 0")
	} else if n != nil && *n > 1 {
		bad.say("number_of_runs", "must be less than or equal to 1")
	}
	if yes(r.PerProcessTime) {
		bad.say("enable_per_process_and_thread_time_limit", "this option cannot be enabled")
	}
	if yes(r.PerProcessMemory) {
		bad.say("enable_per_process_and_thread_memory_limit", "this option cannot be enabled")
	}
}

// decode reads base64 with or without line breaks and padding.
func decode(text string) ([]byte, error) {
	text = strings.TrimRight(strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n", c) {
			return -1
		}
		return c
	}, text), "=")
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("not base64")
	}
	return out, nil
}

func words(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func yes(f *flag) bool { return f != nil && bool(*f) }

func float(n *number) *float64 { return (*float64)(n) }

var _ json.Unmarshaler = (*number)(nil)
