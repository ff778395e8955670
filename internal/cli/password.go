package cli

import (
	"bufio"
	"fmt"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type passwordCommand struct {
	Stdin bool `name:"stdin" help:"Read the current password and the new one from standard input, a line each, instead of asking."`
}

// Run changes the caller's password.
func (p *passwordCommand) Run(c *call, client *stoa.Client) error {
	current, next, err := p.read(c)
	if err != nil {
		return usage{err}
	}
	if err := client.Me.ChangePassword(c.ctx, current, next); err != nil {
		return err
	}
	c.say("Your password is changed; your other sign-ins have ended.")
	return nil
}

func (p *passwordCommand) read(c *call) (current, next string, err error) {
	if p.Stdin {
		in := bufio.NewReader(c.Stdin)
		if current, err = readLine(in); err == nil {
			next, err = readLine(in)
		}
		return current, next, err
	}
	var again string
	for _, asked := range []struct {
		what string
		into *string
	}{{"Current password: ", &current}, {"New password: ", &next}, {"Again: ", &again}} {
		fmt.Fprint(c.Stderr, asked.what)
		*asked.into, err = c.ReadPassword()
		fmt.Fprintln(c.Stderr)
		if err != nil {
			return "", "", err
		}
	}
	if next != again {
		err = fmt.Errorf("the new password was typed in two ways; nothing is changed")
	}
	return current, next, err
}
