package cli

import (
	"bufio"
	"fmt"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type emailCommand struct {
	Change  emailChange  `cmd:"" help:"Ask for another address; where the installation sends e-mail, a code goes there."`
	Confirm emailConfirm `cmd:"" help:"Give the code that was sent to the new address."`
}

type emailChange struct {
	Email string `arg:"" placeholder:"ADDRESS" help:"The new address."`
	Code  string `name:"code" placeholder:"CODE" help:"Of your authenticator app, or a recovery code: for accounts without a password."`
	Stdin bool   `name:"stdin" help:"Read the password from standard input instead of asking."`
}

// Run asks for another address of the caller's account.
func (e *emailChange) Run(c *call, client *stoa.Client) error {
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return err
	}
	in := stoa.MeChangeEmailRequest{Email: e.Email, Code: e.Code}
	if me.HasPassword {
		if in.Password, err = e.password(c); err != nil {
			return usage{err}
		}
	}
	got, err := client.Me.ChangeEmail(c.ctx, in)
	if err != nil {
		return err
	}
	if !got.Changed {
		c.say("A code was sent there; “stoa email confirm CODE” makes it your address, until %s.", moment(got.ExpiresAt))
	}
	return printEmail(c, got)
}

func (e *emailChange) password(c *call) (string, error) {
	if e.Stdin {
		return readLine(bufio.NewReader(c.Stdin))
	}
	fmt.Fprint(c.Stderr, "Your password: ")
	defer fmt.Fprintln(c.Stderr)
	return c.ReadPassword()
}

type emailConfirm struct {
	Code string `arg:"" help:"The code."`
}

// Run makes the address the caller's.
func (e *emailConfirm) Run(c *call, client *stoa.Client) error {
	got, err := client.Me.ConfirmEmail(c.ctx, e.Code)
	if err != nil {
		return err
	}
	return printEmail(c, got)
}

func printEmail(c *call, got *stoa.EmailChange) error {
	return printOne(c, *got, []column[stoa.EmailChange]{
		{title: "address", value: func(e stoa.EmailChange) string { return e.Email }},
		{title: "yours", value: func(e stoa.EmailChange) string { return yes(e.Changed) }},
	})
}
