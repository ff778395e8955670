package executionpistonhttp

import (
	"encoding/base64"
	"encoding/hex"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// PistonRequest is the body of POST /execute. Times are milliseconds, memory is bytes;
// what is absent, zero or negative takes the default that applies to the caller.
type PistonRequest struct {
	Language           string       `json:"language" minLength:"1" maxLength:"64" example:"python"`
	Version            string       `json:"version" minLength:"1" maxLength:"64" example:"3.x" doc:"A version or a semver range; * is the newest."`
	Files              []PistonFile `json:"files" minItems:"1" maxItems:"100" doc:"The first one is run."`
	Stdin              string       `json:"stdin,omitempty"`
	Args               []string     `json:"args,omitempty" maxItems:"256"`
	RunTimeout         float64      `json:"run_timeout,omitempty"`
	RunCPUTime         float64      `json:"run_cpu_time,omitempty"`
	RunMemoryLimit     float64      `json:"run_memory_limit,omitempty"`
	CompileTimeout     float64      `json:"compile_timeout,omitempty" doc:"Accepted; compiling has the node's own limits."`
	CompileCPUTime     float64      `json:"compile_cpu_time,omitempty" doc:"Accepted, as compile_timeout."`
	CompileMemoryLimit float64      `json:"compile_memory_limit,omitempty" doc:"Accepted, as compile_timeout."`
}

// PistonFile is a file of the program.
type PistonFile struct {
	Name     string `json:"name,omitempty" maxLength:"255" doc:"The first file is called what its runtime calls it, whatever its name."`
	Content  string `json:"content"`
	Encoding string `json:"encoding,omitempty" enum:"utf8,base64,hex" default:"utf8"`
}

func (f PistonFile) bytes() ([]byte, error) {
	switch f.Encoding {
	case "base64":
		return base64.StdEncoding.DecodeString(f.Content)
	case "hex":
		return hex.DecodeString(f.Content)
	default:
		return []byte(f.Content), nil
	}
}

func (r PistonRequest) submit(runtime execution.Runtime) (execution.Submit, error) {
	in := execution.Submit{
		Runtime: runtime.ID, Priority: execution.Normal, PriorityUnasked: true,
		Input: execution.Input{Stdin: []byte(r.Stdin), Args: r.Args},
		Limits: execution.Limits{
			WallMS: positive(r.RunTimeout), CPUMS: positive(r.RunCPUTime), MemoryBytes: positive(r.RunMemoryLimit),
		},
	}
	for i, f := range r.Files {
		content, err := f.bytes()
		if err != nil {
			return in, wrong("files[%d].content is not %s", i, f.Encoding)
		}
		if i == 0 {
			in.Input.Source = string(content)
			continue
		}
		if f.Name == "" {
			return in, wrong("files[%d].name is required: only the first file may go without", i)
		}
		in.Input.Files = append(in.Input.Files, execution.File{Path: f.Name, Content: content})
	}
	return in, nil
}

func positive(n float64) int64 {
	if !(n > 0) {
		return 0
	}
	return int64(min(n, 1<<53))
}
