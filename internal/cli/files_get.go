package cli

import (
	"errors"
	"io"
	"os"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type filesGet struct {
	ID string `arg:"" help:"The file."`
	To string `name:"to" placeholder:"FILE" help:"Save it as this file, which is replaced if it is there."`
}

// Run prints the content and nothing else, or saves it; with another output format it tells about the file.
func (g *filesGet) Run(c *call, client *stoa.Client) error {
	if c.Output != "table" {
		found, err := client.Files.Get(c.ctx, g.ID)
		if err != nil {
			return err
		}
		return c.printData(found)
	}
	content, err := client.Files.Content(c.ctx, g.ID)
	if err != nil {
		return err
	}
	defer content.Close()
	if g.To == "" {
		_, err = io.Copy(c.Stdout, content)
		return err
	}
	f, err := os.Create(g.To)
	if err != nil {
		return usage{err}
	}
	n, err := io.Copy(f, content)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	c.say("%s is saved (%s)", g.To, byteCount(n))
	return nil
}
