package cli

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// input reads everything that the run needs from here.
func (r *runCommand) input(c *call) (*stoa.ExecutionRequest, error) {
	args := r.Args
	if len(args) > 0 && args[0] == "--" { // the separator is ours, any later one the script's
		args = args[1:]
	}
	in := &stoa.ExecutionRequest{
		Script: r.Saved, Runtime: r.Language, Args: args, Limits: r.limits(),
		Network: r.Network, Egress: r.Egress, Class: r.Class, Priority: r.Priority, Artefacts: r.Artefact, Env: map[string]string{},
	}
	if r.To != "" && len(r.Artefact) == 0 {
		in.Artefacts = []string{"**"}
	}
	if r.To != "" && r.Detach {
		return nil, fmt.Errorf("--artefacts-to waits for the end, and --detach does not; later: `stoa executions artefacts ID --to DIR`")
	}
	in.Interactive, in.Record = r.Interactive || r.Terminal, r.Record
	if r.Terminal {
		in.Terminal = &stoa.ExecutionTerminal{Columns: usualColumns, Rows: usualRows}
		if columns, rows, ok := ownSize(); ok {
			in.Terminal.Columns, in.Terminal.Rows = int64(columns), int64(rows)
		}
	}
	if in.Interactive && (r.Script == "-" || r.Stdin == "-") {
		return nil, fmt.Errorf("standard input is the script's while it runs; take the script and its first input from files")
	}
	var err error
	if r.Saved == "" {
		err = r.read(c, in)
	} else if r.Script != "" {
		in.Args = append([]string{r.Script}, args...)
	}
	if err != nil {
		return nil, err
	}
	if r.Stdin != "" {
		if in.Stdin, err = c.readText(r.Stdin); err != nil {
			return nil, err
		}
	}
	for _, pair := range r.Env {
		name, value, given := strings.Cut(pair, "=")
		if !given {
			value = c.Getenv(name)
		}
		in.Env[name] = value
	}
	for _, spec := range r.File {
		file, err := readFile(spec)
		if err != nil {
			return nil, err
		}
		in.Files = append(in.Files, file)
	}
	return in, nil
}

// read takes the program from its file.
func (r *runCommand) read(c *call, in *stoa.ExecutionRequest) (err error) {
	if r.Script == "" {
		return fmt.Errorf("name a script, or - to read it from standard input")
	}
	if r.Script == "-" && r.Stdin == "-" {
		return fmt.Errorf("standard input cannot be both the script and its input")
	}
	if in.Source, err = c.readText(r.Script); err != nil {
		return err
	}
	if in.Runtime == "" {
		if in.Runtime = runtimeOf(r.Script, in.Source); in.Runtime == "" {
			return fmt.Errorf("cannot tell the language of %s; say it with --language (`stoa runtimes` lists them)", r.Script)
		}
	}
	return nil
}

// readText reads a file, or standard input for "-".
func (c *call) readText(name string) (string, error) {
	var raw []byte
	var err error
	if name == "-" {
		raw, err = io.ReadAll(c.Stdin)
	} else {
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		return "", err
	}
	if !utf8.Valid(raw) {
		return "", fmt.Errorf("%s is not UTF-8 text; send it as a file with --file", name)
	}
	return string(raw), nil
}

// readFile reads "PATH[:DEST]". Without DEST a path below this folder keeps its form, and any other gives its last part.
func readFile(spec string) (stoa.ExecutionFile, error) {
	source, dest, given := strings.Cut(spec, ":")
	raw, err := os.ReadFile(source)
	if err != nil {
		return stoa.ExecutionFile{}, err
	}
	if !given {
		dest = filepath.Base(source)
		if filepath.IsLocal(source) {
			dest = filepath.ToSlash(filepath.Clean(source))
		}
	}
	if utf8.Valid(raw) {
		return stoa.ExecutionFile{Path: dest, Content: string(raw)}, nil
	}
	return stoa.ExecutionFile{Path: dest, ContentBase64: base64.StdEncoding.EncodeToString(raw)}, nil
}

// extensions are the usual endings of scripts.
var extensions = map[string]string{
	".py": "python", ".js": "node", ".mjs": "node", ".cjs": "node", ".sh": "bash", ".bash": "bash", ".rb": "ruby", ".go": "go",
	".pl": "perl", ".php": "php", ".lua": "lua", ".r": "r", ".c": "c", ".cc": "cpp", ".cpp": "cpp", ".rs": "rust", ".java": "java", ".ts": "deno",
}

// interpreter takes "python3.11" apart.
var interpreter = regexp.MustCompile(`^([a-z+]+?)-?([0-9][0-9.]*)?$`)

// runtimeOf tells the runtime from the file's name, else from the #! line, which may name a version; "" if neither does.
func runtimeOf(name, source string) string {
	if runtime := extensions[strings.ToLower(filepath.Ext(name))]; runtime != "" {
		return runtime
	}
	line, _, _ := strings.Cut(source, "\n")
	command, found := strings.CutPrefix(line, "#!")
	words := strings.Fields(command)
	if !found || len(words) == 0 {
		return ""
	}
	program := path.Base(words[0])
	if program == "env" {
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
		if len(words) == 0 {
			return ""
		}
		program = path.Base(words[0])
	}
	parts := interpreter.FindStringSubmatch(strings.ToLower(program))
	if parts == nil {
		return ""
	}
	runtime := parts[1]
	switch runtime {
	case "sh":
		runtime = "bash"
	case "nodejs":
		runtime = "node"
	}
	if parts[2] != "" {
		runtime += "@" + parts[2]
	}
	return runtime
}
