package attack_test

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
)

// What a caller passes along is refused in words, or reaches the program as it is: it never becomes a path, an option of
// ours or a command.
func TestInjection(t *testing.T) {
	d, err := sandbox.Open(t.Context(), sandbox.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), NoCompileCache: true})
	if h, ok := errors.AsType[*sandbox.HostError](err); ok {
		t.Skip(h)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	good := func() sandbox.Job {
		return sandbox.Job{ID: "../../x\x00\n", Runtime: "bash", Source: []byte("printf '%s|' \"$#\" \"${@:0:2}\"; printf '%s' \"${A:0:20}\"")}
	}
	for name, test := range map[string]struct {
		change func(*sandbox.Job)
		field  string // refused there
		says   string // or printed
	}{
		"runtime, a path":            {func(j *sandbox.Job) { j.Runtime = "../../bin/sh" }, "runtime", ""},
		"runtime, absolute":          {func(j *sandbox.Job) { j.Runtime = "/bin/sh" }, "runtime", ""},
		"runtime, empty":             {func(j *sandbox.Job) { j.Runtime = "" }, "runtime", ""},
		"runtime, with NUL":          {func(j *sandbox.Job) { j.Runtime = "bash\x00" }, "runtime", ""},
		"runtime, an option":         {func(j *sandbox.Job) { j.Runtime = "--version" }, "runtime", ""},
		"runtime, a pattern":         {func(j *sandbox.Job) { j.Runtime = "bas?" }, "runtime", ""},
		"runtime, a path as version": {func(j *sandbox.Job) { j.Runtime = "bash@../5" }, "runtime", ""},
		"runtime, a command":         {func(j *sandbox.Job) { j.Runtime = "bash; id" }, "runtime", ""},
		"runtime, another's letters": {func(j *sandbox.Job) { j.Runtime = "bаsh" }, "runtime", ""},
		"runtime, very long":         {func(j *sandbox.Job) { j.Runtime = strings.Repeat("bash", 1<<20) }, "runtime", ""},
		"class unknown":              {func(j *sandbox.Job) { j.Class = "none" }, "class", ""},
		"class, a path":              {func(j *sandbox.Job) { j.Class = "../process" }, "class", ""},
		"argument with NUL":          {func(j *sandbox.Job) { j.Args = []string{"a\x00b"} }, "args", ""},
		"argument, huge":             {func(j *sandbox.Job) { j.Args = []string{strings.Repeat("x", 128<<10)} }, "args", ""},
		"arguments, huge together":   {func(j *sandbox.Job) { j.Args = many(64, 100<<10) }, "args", ""},
		"arguments, too many":        {func(j *sandbox.Job) { j.Args = many(2<<20, 1) }, "args", ""},
		"arguments, 100,000":         {func(j *sandbox.Job) { j.Args = many(100_000, 1) }, "args", ""},
		"arguments, 50,000":          {func(j *sandbox.Job) { j.Args = many(50_000, 1) }, "", "50000|main.sh|x|"},
		"argument, an option":        {func(j *sandbox.Job) { j.Args = []string{"-c", "id"} }, "", "2|main.sh|-c|"},
		"argument, a command":        {func(j *sandbox.Job) { j.Args = []string{"$(id);`id`"} }, "", "1|main.sh|$(id);`id`|"},
		"argument, empty":            {func(j *sandbox.Job) { j.Args = []string{""} }, "", "1|main.sh||"},
		"argument, no text":          {func(j *sandbox.Job) { j.Args = []string{"\xff\xfe"} }, "", "1|main.sh|\xff\xfe|"},
		"variable, no name":          {func(j *sandbox.Job) { j.Env = map[string]string{"": "x"} }, "env", ""},
		"variable, two in one":       {func(j *sandbox.Job) { j.Env = map[string]string{"A=B": "x"} }, "env", ""},
		"variable, NUL in its name":  {func(j *sandbox.Job) { j.Env = map[string]string{"A\x00B": "x"} }, "env", ""},
		"variable, NUL in its value": {func(j *sandbox.Job) { j.Env = map[string]string{"A": "x\x00LD_PRELOAD=y"} }, "env", ""},
		"variable, huge":             {func(j *sandbox.Job) { j.Env = map[string]string{"A": strings.Repeat("x", 1<<20)} }, "env", ""},
		"variable, a line end":       {func(j *sandbox.Job) { j.Env = map[string]string{"A": "x\ny"} }, "", "0|main.sh|x\ny"},
		"file, NUL":                  {func(j *sandbox.Job) { j.Files = []sandbox.File{{Path: "a\x00b"}} }, "files", ""},
		"file, empty":                {func(j *sandbox.Job) { j.Files = []sandbox.File{{Path: ""}} }, "files", ""},
		"file, itself":               {func(j *sandbox.Job) { j.Files = []sandbox.File{{Path: "."}} }, "files", ""},
		"file, up":                   {func(j *sandbox.Job) { j.Files = []sandbox.File{{Path: ".."}} }, "files", ""},
		"file, with a slash at last": {func(j *sandbox.Job) { j.Files = []sandbox.File{{Path: "a/"}} }, "files", ""},
		"file, too deep":             {func(j *sandbox.Job) { j.Files = []sandbox.File{{Path: strings.Repeat("a/", 600) + "b"}} }, "files", ""},
		"files, too many":            {func(j *sandbox.Job) { j.Files = make([]sandbox.File, 5000) }, "files", ""},
		"limits, negative":           {func(j *sandbox.Job) { j.Limits.Wall = -1 }, "limits", ""},
		"limits, no memory":          {func(j *sandbox.Job) { j.Limits.MemoryBytes = 1 }, "limits", ""},
		"limits, a crowd":            {func(j *sandbox.Job) { j.Limits.Processes = 1 << 30 }, "limits", ""},
		"command, not whole": {func(j *sandbox.Job) {
			j.As = &sandbox.Runtime{FileName: "main.sh", Command: []string{"sh", "main.sh"}}
		}, "runtime", ""},
		"source's name, up": {func(j *sandbox.Job) {
			j.As = &sandbox.Runtime{FileName: "../main.sh", Command: []string{"/bin/sh"}}
		}, "runtime", ""},
		"source's name, absolute": {func(j *sandbox.Job) {
			j.As = &sandbox.Runtime{FileName: "/etc/passwd", Command: []string{"/bin/sh"}}
		}, "runtime", ""},
		"a source of NULs": {func(j *sandbox.Job) { j.Source = append([]byte("printf ok; exit\n"), make([]byte, 1000)...) }, "", "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			job, words := good(), &strings.Builder{}
			test.change(&job)
			r, err := d.Run(t.Context(), job, func(_ sandbox.Stream, b []byte) { words.Write(b) })
			refused, ok := errors.AsType[*sandbox.JobError](err)
			switch {
			case test.field != "" && (!ok || refused.Field != test.field):
				t.Errorf("%+v, %v; want it refused for its %s", r, err, test.field)
			case test.field == "" && (err != nil || r.Outcome != sandbox.Completed || words.String() != test.says):
				t.Errorf("%+v, %v, %q; want %q", r, err, words, test.says)
			}
		})
	}
}

func many(n, length int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat("x", length)
	}
	return list
}

// Whoever names an address for the control plane to call gets none of ours, however it is written.
func TestCallsToOurselves(t *testing.T) {
	out := outbound.New(outbound.Config{})
	for _, target := range []string{
		"http://127.0.0.1/", "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://0/", "https://0.0.0.0/", "https://localhost/",
		"https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[fe80::1]/", "https://[fc00::1]/",
		"https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://100.100.100.200/", "https://metadata.google.internal/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/",
		"https://100.64.0.1/", "https://192.0.0.192/", "https://198.18.0.1/", "https://224.0.0.1/", "https://255.255.255.255/", "https://user@127.0.0.1/", "https://example.com@127.0.0.1/", "https://127.0.0.1#@example.com/",
		"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "unix:///run/x", "//127.0.0.1/", "https:///x", "https://127.0.0.1:22/", "https://127。0。0。1/", "javascript:x", "",
	} {
		if err := out.CheckURL(target); err != nil {
			continue
		}
		// What is not refused by its looks must be refused when it is dialled.
		if a, err := out.Do(t.Context(), http.MethodPost, target, nil, nil); err == nil {
			t.Errorf("%q was called: %+v", target, a)
		}
	}
}
