package cli

import (
	"github.com/stoa-cloud/stoa/internal/cli/config"
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type logoutCommand struct {
	Keep bool `name:"keep-token" help:"Only forget the token here; it stays valid."`
}

// Run revokes the token and forgets the context.
func (l *logoutCommand) Run(c *call) error {
	name, _, err := c.context()
	if err != nil {
		return err
	}
	if !l.Keep {
		if err := l.revoke(c); err != nil {
			return err
		}
	}
	err = c.updateConfig(func(file *config.Config) error {
		delete(file.Contexts, name)
		if file.Current == name {
			file.Current = ""
		}
		return nil
	})
	if err == nil {
		c.say("Signed out of %s.", name)
	}
	return err
}

func (l *logoutCommand) revoke(c *call) error {
	client, err := c.client()
	if err != nil {
		return nil // there is nothing to revoke
	}
	me, err := client.Me.Get(c.ctx)
	if stoa.IsUnauthenticated(err) {
		return nil // revoked or expired already
	}
	if err != nil {
		return err
	}
	return client.Tokens.Revoke(c.ctx, me.Credential.ID)
}
