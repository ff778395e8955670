package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type scriptsSave struct {
	File        string `arg:"" placeholder:"FILE" help:"The program; - reads it from standard input."`
	Name        string `name:"name" short:"n" placeholder:"NAME" help:"Under which name; that of the file without its ending if left out."`
	Language    string `name:"language" short:"l" placeholder:"RUNTIME" help:"Runtime, as python or python@3.11; told from the file if left out."`
	Description string `name:"description" placeholder:"TEXT" help:"What it is for; only when the script is new."`
	Share       bool   `name:"share" help:"Let everybody who sees the project see and run it; only when the script is new."`
}

// Run makes the script, or a version of it where there is one that the caller may change.
func (s *scriptsSave) Run(c *call, client *stoa.Client) error {
	source, err := c.readText(s.File)
	if err != nil {
		return usage{err}
	}
	name := s.Name
	if name == "" {
		base := filepath.Base(s.File)
		if name = strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base))); s.File == "-" {
			return usagef("give what comes from standard input a --name")
		}
	}
	runtime := s.Language
	if runtime == "" {
		if runtime = runtimeOf(s.File, source); runtime == "" {
			return usage{fmt.Errorf("cannot tell the language of %s; say it with --language", s.File)}
		}
	}
	project, err := c.project(client)
	if err != nil {
		return err
	}
	saved, err := s.save(c, client, project, name, runtime, source)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(saved)
	}
	c.say("%s@%d is saved; run it with `stoa run --saved %s`", saved.Name, saved.Latest, saved.Name)
	return nil
}

func (s *scriptsSave) save(c *call, client *stoa.Client, project, name, runtime, source string) (*stoa.Script, error) {
	found, err := client.Scripts.Get(c.ctx, project, name)
	if stoa.IsNotFound(err) {
		return client.Scripts.Create(c.ctx, stoa.ScriptCreateRequest{
			ProjectID: project, Name: name, Description: s.Description, Shared: s.Share, Runtime: runtime, Source: source,
		})
	}
	if err != nil {
		return nil, err
	}
	if found.Version.Source == source && found.Version.Runtime == runtime {
		return found, nil // it is what it would become
	}
	return client.Scripts.Save(c.ctx, found.ID, stoa.ScriptSaveRequest{Runtime: runtime, Source: source, After: found.Latest})
}
