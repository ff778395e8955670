package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type filesCommand struct {
	List   filesList   `cmd:"" default:"withargs" help:"List the project's uploaded files, newest first."`
	Upload filesUpload `cmd:"" help:"Upload files, for runs to take."`
	Get    filesGet    `cmd:"" help:"Print a file's content, or save it."`
	Delete filesDelete `cmd:"" aliases:"rm" help:"Delete uploaded files; what ran with them stays."`
}

var fileColumns = []column[stoa.File]{
	{title: "ID", value: func(f stoa.File) string { return f.ID }},
	{title: "NAME", value: func(f stoa.File) string { return printable(f.Name) }},
	{title: "SIZE", value: func(f stoa.File) string { return byteCount(f.Size) }},
	{title: "UPLOADED", value: func(f stoa.File) string { return ago(&f.UploadedAt) }},
}

// nameUploads puts what --file-id names into the request: "ID[:DEST]", without DEST under the name of its upload.
func (r *runCommand) nameUploads(c *call, client *stoa.Client, in *stoa.ExecutionRequest) error {
	for _, spec := range r.FileID {
		id, dest, given := strings.Cut(spec, ":")
		if id == "" {
			return usagef("--file-id %q names no upload: give its id, stoa files lists them", spec)
		}
		if !given {
			found, err := client.Files.Get(c.ctx, id)
			if err != nil {
				return err
			}
			dest = found.Name
		}
		in.Files = append(in.Files, stoa.ExecutionFile{Path: dest, FileID: id})
	}
	return nil
}
