package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/stoa-cloud/stoa/internal/cli/config"
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// call is one command being carried out.
type call struct {
	Program
	*globals
	ctx context.Context
}

// context finds the context that the flags, the environment and the file name, and its name.
// A token goes only to the address that it was made for.
func (c *call) context() (string, config.Context, error) {
	_, file, err := c.config()
	if err != nil {
		return "", config.Context{}, err
	}
	name := c.Context
	if name == "" {
		name = file.Current
	}
	chosen, known := file.Contexts[name]
	if !known && c.Context != "" {
		return "", chosen, usagef("there is no context %q; `stoa context list` shows them", c.Context)
	}
	if c.URL != "" && !sameAddress(c.URL, chosen.URL) {
		chosen = config.Context{URL: c.URL}
	}
	if token := c.Getenv("STOA_TOKEN"); token != "" {
		chosen.Token = token
	}
	if chosen.URL == "" {
		return "", chosen, signInf("no installation is known; `stoa login URL` signs in to one")
	}
	return name, chosen, nil
}

func sameAddress(a, b string) bool {
	return strings.TrimRight(a, "/") == strings.TrimRight(b, "/")
}

// client speaks as the chosen context. A Run that takes a client is given this one.
func (c *call) client() (*stoa.Client, error) {
	_, chosen, err := c.context()
	if err != nil {
		return nil, err
	}
	if chosen.Token == "" {
		return nil, signInf("you are not signed in to %s; `stoa login %s` does it", chosen.URL, chosen.URL)
	}
	return c.connect(chosen.URL, stoa.Token(chosen.Token)), nil
}

func (c *call) connect(address string, options ...stoa.Option) *stoa.Client {
	return stoa.New(address, append([]stoa.Option{stoa.UserAgent("stoa-cli/" + c.Version), stoa.Waiting(c.waiting)}, options...)...)
}

// waiting says why nothing happens, when that lasts long enough to be noticed.
func (c *call) waiting(why error, wait time.Duration) {
	if wait >= time.Second && terminal(c.Stderr) {
		c.say("stoa: %s; trying again in %s", describe(why), wait.Round(time.Second))
	}
}

// project is the id of the project to work in; empty leaves the choice to the server.
func (c *call) project(client *stoa.Client) (string, error) {
	wanted := c.Project
	if wanted == "" {
		_, chosen, err := c.context()
		if err != nil {
			return "", err
		}
		wanted = chosen.Project
	}
	if wanted == "" {
		return "", nil
	}
	return c.projectNamed(client, wanted)
}

// projectOrDefault is the id of the project to work in, also where that is left to the server;
// empty if the caller has none.
func (c *call) projectOrDefault(client *stoa.Client) (string, error) {
	id, err := c.project(client)
	if err != nil || id != "" {
		return id, err
	}
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return "", err
	}
	return me.DefaultProjectID, nil
}

// projectNamed is the id of the project with this name, slug or id.
func (c *call) projectNamed(client *stoa.Client, wanted string) (string, error) {
	if isID(wanted) {
		return wanted, nil
	}
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return "", err
	}
	return findProject(me.Projects, wanted)
}

func findProject(projects []stoa.MyProject, wanted string) (string, error) {
	var found []string
	for _, p := range projects {
		if p.ID == wanted || p.Slug == wanted || p.Name == wanted {
			found = append(found, p.ID)
		}
	}
	return only(found, "project", wanted)
}

// organization is the id of the organization with this id, slug or name.
func (c *call) organization(client *stoa.Client, wanted string) (string, error) {
	if isID(wanted) {
		return wanted, nil
	}
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return "", err
	}
	var found []string
	for _, o := range me.Organizations {
		if o.Slug == wanted || o.Name == wanted {
			found = append(found, o.ID)
		}
	}
	return only(found, "organization", wanted)
}

// only is the one id in found.
func only(found []string, kind, wanted string) (string, error) {
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", missing{fmt.Errorf("there is no %s %q that you can see", kind, wanted)}
	}
	return "", usagef("%d are called %s %q; use the id: %s", len(found), kind, wanted, strings.Join(found, ", "))
}

// isID tells whether s has the form of a UUID.
func isID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
		if dash != (r == '-') || !dash && !hex {
			return false
		}
	}
	return true
}

// config reads the config file, and tells where it is.
func (c *call) config() (path string, file config.Config, err error) {
	if path, err = config.Path(c.Getenv); err == nil {
		file, err = config.Load(path)
	}
	return path, file, err
}

// updateConfig changes the config file.
func (c *call) updateConfig(change func(*config.Config) error) error {
	path, file, err := c.config()
	if err != nil {
		return err
	}
	if err := change(&file); err != nil {
		return err
	}
	return config.Save(path, file)
}

// each does something to all that are named by their ids, and says of each that it is done.
func (c *call) each(ids []string, act func(ctx context.Context, id string) error, done string) error {
	for _, id := range ids {
		if err := act(c.ctx, id); err != nil {
			return err
		}
		c.say("%s %s", id, done)
	}
	return nil
}

// say prints a line for the person; what a program reads goes through print.
func (c *call) say(format string, args ...any) {
	fmt.Fprintf(c.Stderr, format+"\n", args...)
}

// terminal tells whether a stream is one.
func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

func readPassword() (string, error) {
	if !terminal(os.Stdin) {
		return "", errors.New("there is no terminal to ask for the password; use --password-stdin")
	}
	password, err := term.ReadPassword(int(os.Stdin.Fd()))
	return string(password), err
}
