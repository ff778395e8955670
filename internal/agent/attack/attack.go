package attack

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Attack is one attack in one or several languages.
type Attack struct {
	Group    string // "01 fork bombs"
	Name     string // "sessions"
	About    string
	Limits   sandbox.Limits // zero fields are the defaults
	Ends     []string       // how it may end, see ending
	In       map[sandbox.Class][]string
	Not      map[sandbox.Class]string // classes that it says nothing about, and why
	Slow     string                   // why it takes long; empty if it does not
	Env      map[string]string
	Egress   []string // what it may connect to; empty: it has no network
	Files    []sandbox.File
	Programs []Program
	Before   *Program // runs first, in the same slot: what it leaves, the attack would find
	Beside   *Program // runs at the same time, and holds a secret
}

// Program is a source for one runtime.
type Program struct{ Runtime, Source string }

//go:embed attacks
var files embed.FS

// languages are the runtimes by their sources' extension.
var languages = map[string]string{
	".sh": "bash", ".pl": "perl", ".py": "python", ".rb": "ruby", ".js": "node", ".c": "c", ".cpp": "cpp", ".java": "java", ".rs": "rust", ".go": "go",
	".lua": "lua", ".php": "php", ".ts": "deno",
}

// All reads the attacks, in the order of their groups.
func All() ([]Attack, error) {
	var all []Attack
	err := fs.WalkDir(files, "attacks", func(name string, e fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".txtar" {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read an attack: %w", err)
		}
		a, err := parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		a.Group = strings.ReplaceAll(path.Base(path.Dir(name)), "-", " ")
		a.Name = strings.ReplaceAll(strings.TrimSuffix(path.Base(name), ".txtar"), "-", " ")
		all = append(all, a)
		return nil
	})
	return all, err
}

// parse reads an archive: a sentence, an empty line, "key: value" lines, and the sources.
func parse(text []byte) (Attack, error) {
	archive := txtar.Parse(text)
	about, head, _ := strings.Cut(string(archive.Comment), "\n\n")
	a := Attack{About: about, In: map[sandbox.Class][]string{}, Not: map[sandbox.Class]string{}, Env: map[string]string{}}
	lines := bufio.NewScanner(strings.NewReader(head))
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		key, value, _ := strings.Cut(lines.Text(), ":")
		if err := a.set(key, strings.TrimSpace(value)); err != nil {
			return a, err
		}
	}
	for _, f := range archive.Files {
		what, runtime := strings.TrimSuffix(f.Name, path.Ext(f.Name)), languages[path.Ext(f.Name)]
		p := Program{runtime, string(f.Data)}
		switch {
		case strings.HasPrefix(f.Name, "box/"):
			a.Files = append(a.Files, sandbox.File{Path: strings.TrimPrefix(f.Name, "box/"), Content: f.Data, Executable: true})
		case runtime == "":
			return a, fmt.Errorf("%q is in no known language", f.Name)
		case what == "main":
			a.Programs = append(a.Programs, p)
		case what == "before":
			a.Before = &p
		case what == "beside":
			a.Beside = &p
		default:
			return a, fmt.Errorf("what is %q?", f.Name)
		}
	}
	if a.About == "" || len(a.Programs) == 0 || len(a.Ends) == 0 {
		return a, fmt.Errorf("it says not what it is, or how it ends, or has no program")
	}
	return a, nil
}

func (a *Attack) set(key, value string) error {
	class, isIn := strings.CutPrefix(key, "in ")
	except, isNot := strings.CutPrefix(key, "not ")
	switch {
	case key == "limits":
		return a.limit(value)
	case key == "ends":
		a.Ends = strings.Fields(value)
		return known(a.Ends)
	case key == "slow":
		a.Slow = value
		return nil
	case key == "egress":
		a.Egress = strings.Fields(value)
		return nil
	case key == "env":
		name, text, _ := strings.Cut(value, "=")
		a.Env[name] = text
		return nil
	case isIn:
		a.In[sandbox.Class(class)] = strings.Fields(value)
		return known(strings.Fields(value))
	case isNot && value != "":
		a.Not[sandbox.Class(except)] = value
		return nil
	}
	return fmt.Errorf("what is %q?", key)
}

var endings = []string{"completed", "failed", "refused", "wall", "cpu", "memory", "processes", "output", "disk", "compile"}

func known(ends []string) error {
	for _, e := range ends {
		if !slices.Contains(endings, e) {
			return fmt.Errorf("nothing ends %q", e)
		}
	}
	return nil
}

// limit reads "wall=1s memory=48M processes=32".
func (a *Attack) limit(text string) error {
	for word := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "wall":
			a.Limits.Wall, err = time.ParseDuration(value)
		case "cpu":
			a.Limits.CPU, err = time.ParseDuration(value)
		case "processes":
			a.Limits.Processes, err = strconv.Atoi(value)
		case "memory":
			a.Limits.MemoryBytes, err = size(value)
		case "output":
			a.Limits.OutputBytes, err = size(value)
		case "disk":
			a.Limits.DiskBytes, err = size(value)
		case "inodes":
			a.Limits.InodeCount, err = size(value)
		default:
			err = fmt.Errorf("there is no limit %q", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func size(text string) (int64, error) {
	shift := map[byte]int{'K': 10, 'M': 20, 'G': 30}[text[len(text)-1]]
	n, err := strconv.ParseInt(strings.TrimRight(text, "KMG"), 10, 64)
	return n << shift, err
}

// libraries are laid beside the sources that name them.
func library(p Program) []sandbox.File {
	for ext, runtime := range maps.All(languages) {
		name := "attack" + ext
		if ext == ".c" || ext == ".cpp" {
			name = "attack.h"
		}
		if runtime != p.Runtime || !strings.Contains(p.Source, "attack") {
			continue
		}
		if text, err := files.ReadFile("attacks/lib/" + name); err == nil {
			return []sandbox.File{{Path: name, Content: text}}
		}
	}
	return nil
}
