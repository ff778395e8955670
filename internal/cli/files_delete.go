package cli

import stoa "github.com/stoa-cloud/stoa/sdk/go"

type filesDelete struct {
	IDs []string `arg:"" name:"id" help:"The files."`
}

// Run deletes uploaded files.
func (d *filesDelete) Run(c *call, client *stoa.Client) error {
	for _, id := range d.IDs {
		found, err := client.Files.Get(c.ctx, id)
		if err != nil {
			return err
		}
		if err := client.Files.Delete(c.ctx, id); err != nil {
			return err
		}
		c.say("%s is deleted", printable(found.Name))
	}
	return nil
}
