package cli

import (
	"io"
	"os"
	"path/filepath"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type filesUpload struct {
	Files []string `arg:"" name:"file" placeholder:"FILE" help:"What to upload; - is standard input."`
	Name  string   `name:"name" short:"n" placeholder:"NAME" help:"What it is called; as on this machine if left out."`
}

// Run uploads files, one after the other.
func (u *filesUpload) Run(c *call, client *stoa.Client) error {
	if u.Name != "" && len(u.Files) > 1 {
		return usagef("--name is for one file")
	}
	project, err := c.project(client)
	if err != nil {
		return err
	}
	var kept []stoa.File
	for _, name := range u.Files {
		f, err := u.upload(c, client, project, name)
		if err != nil {
			return err
		}
		kept = append(kept, *f)
	}
	if c.Output != "table" && len(kept) == 1 {
		return c.printData(kept[0])
	}
	return printList(c, kept, fileColumns)
}

func (u *filesUpload) upload(c *call, client *stoa.Client, project, name string) (*stoa.File, error) {
	called, content := u.Name, c.Stdin
	if name == "-" && called == "" {
		return nil, usagef("give what comes from standard input a --name")
	}
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usage{err}
		}
		defer f.Close()
		content = io.Reader(f)
		if called == "" {
			called = filepath.Base(name)
		}
	}
	shown := c.progress(called)
	defer shown.done()
	return client.Files.Upload(c.ctx, project, called, content, stoa.Progress(shown.tell))
}
