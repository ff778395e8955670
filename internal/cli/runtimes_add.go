package cli

import (
	"bufio"
	"errors"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// registryFlags say how an image's registry is reached.
type registryFlags struct {
	Insecure      bool   `name:"insecure" help:"The registry may be spoken to over plain HTTP."`
	Username      string `name:"username" placeholder:"NAME" help:"Of a private registry."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the registry's password from standard input."`
}

// password reads it, if there is to be one.
func (f registryFlags) password(c *call) (string, error) {
	if (f.Username != "") != f.PasswordStdin {
		return "", errors.New("--username and --password-stdin belong together")
	}
	if !f.PasswordStdin {
		return "", nil
	}
	return readLine(bufio.NewReader(c.Stdin))
}

type runtimesAdd struct {
	Runtime string   `arg:"" placeholder:"NAME@VERSION" help:"What it is to be called, as python@3.12.8. A version never changes."`
	Command []string `arg:"" optional:"" passthrough:"" help:"After --: starts the program; {file} is the source's name. The image's own command and the source, if left out."`

	Image   string   `name:"image" required:"" placeholder:"REFERENCE" help:"The image, as python:3.12-slim. What it means now is what the runtime means for ever."`
	Digest  string   `name:"digest" placeholder:"sha256:…" help:"Make nothing unless the image is this one."`
	Main    string   `name:"main" placeholder:"FILE" default:"main" help:"What the source is called in the program's folder, as main.py."`
	Compile string   `name:"compile" placeholder:"COMMAND" help:"A shell command that compiles the source first; the image needs /bin/sh."`
	Env     []string `name:"env" short:"e" sep:"none" placeholder:"NAME=VALUE" help:"Set an environment variable, over the image's own."`
	Example string   `name:"example" placeholder:"FILE" help:"A program that shows what the runtime can do."`
	Egress  []string `name:"egress" sep:"," placeholder:"HOST[:PORT]" help:"What runs may connect to that name no list of their own: a name, *.name, an address or a range (CIDR)."`
	Class   string   `name:"class" enum:"auto,fresh,gvisor" default:"auto" placeholder:"CLASS" help:"The weakest isolation class that its runs are given: fresh or gvisor; auto, the default, leaves it to the settings."`
	registryFlags
}

// Run makes the runtime.
func (a *runtimesAdd) Run(c *call, client *stoa.Client) error {
	name, version, ok := strings.Cut(a.Runtime, "@")
	if !ok {
		return errors.New("a runtime is called NAME@VERSION, as python@3.12.8")
	}
	in := stoa.RuntimeCreateRequest{
		Name: name, Version: version, Image: a.Image, Digest: a.Digest, FileName: a.Main, Insecure: a.Insecure, Username: a.Username,
		Command: a.Command, Env: map[string]string{}, Egress: a.Egress, Class: a.Class,
	}
	if len(in.Command) > 0 && in.Command[0] == "--" {
		in.Command = in.Command[1:]
	}
	if a.Compile != "" {
		in.Compile = []string{"/bin/sh", "-c", a.Compile}
	}
	for _, pair := range a.Env {
		key, value, _ := strings.Cut(pair, "=")
		in.Env[key] = value
	}
	var err error
	if in.Password, err = a.password(c); err != nil {
		return err
	}
	if a.Example != "" {
		if in.Example, err = c.readText(a.Example); err != nil {
			return err
		}
	}
	made, err := client.Runtimes.Create(c.ctx, in)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(made)
	}
	c.say("%s is %s@%s; nodes are pulling it (stoa runtimes nodes)", made.ID, made.Image, made.Digest)
	return c.printLine(made.ID)
}
