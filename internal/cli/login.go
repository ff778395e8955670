package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/stoa-cloud/stoa/internal/cli/config"
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type loginCommand struct {
	Address       string `arg:"" optional:"" name:"address" placeholder:"URL" help:"The installation; the current context's if left out."`
	Password      bool   `name:"password" help:"Sign in by password here instead of with a code in the browser."`
	Email         string `name:"email" placeholder:"ADDRESS" help:"Your e-mail address, to sign in by password."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from standard input instead of asking."`
	Token         string `name:"token" placeholder:"TOKEN" help:"Use this API token instead of signing in; - reads it from standard input."`
	NoBrowser     bool   `name:"no-browser" help:"Only show the address and the code; open no browser."`
	Name          string `name:"name" placeholder:"NAME" help:"What to call the context; the installation's host if left out."`
	Days          int    `name:"days" default:"90" help:"How many days the CLI's own token lasts."`
}

// Run signs in and remembers a token of the CLI's own; a password is not kept. Without a flag that
// says otherwise a browser does it, on this machine or another one: so passwords, second factors
// and other issuers all work, and none of them passes through this program.
func (l *loginCommand) Run(c *call) error {
	address, err := l.address(c)
	if err != nil {
		return err
	}
	in := bufio.NewReader(c.Stdin)
	token := l.Token
	switch {
	case token == "-":
		token, err = readLine(in)
	case token != "":
	case l.Password || l.PasswordStdin || l.Email != "":
		token, err = l.withPassword(c, address, in)
	default:
		token, err = l.withBrowser(c, address)
	}
	if err != nil {
		return err
	}
	me, err := c.connect(address, stoa.Token(token)).Me.Get(c.ctx)
	if err != nil {
		return err
	}
	name := l.Name
	if name == "" {
		u, err := url.Parse(address)
		if err != nil {
			return usage{err}
		}
		name = u.Host
	}
	if err := c.updateConfig(func(file *config.Config) error {
		file.Contexts[name] = config.Context{URL: address, Token: token}
		file.Current = name
		return nil
	}); err != nil {
		return err
	}
	c.say("Signed in to %s as %s (context %s).", address, identity(me), name)
	return nil
}

func (l *loginCommand) address(c *call) (string, error) {
	address := l.Address
	if address == "" {
		_, chosen, err := c.context()
		if err != nil {
			return "", err
		}
		address = chosen.URL
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	return strings.TrimRight(address, "/"), nil
}

// withPassword signs in, makes a token and signs out again.
func (l *loginCommand) withPassword(c *call, address string, in *bufio.Reader) (string, error) {
	email := l.Email
	var password string
	var err error
	if email == "" {
		fmt.Fprint(c.Stderr, "E-mail: ")
		if email, err = readLine(in); err != nil {
			return "", err
		}
	}
	if l.PasswordStdin {
		password, err = readLine(in)
	} else {
		fmt.Fprint(c.Stderr, "Password: ")
		password, err = c.ReadPassword()
		fmt.Fprintln(c.Stderr)
	}
	if err != nil {
		return "", usage{err}
	}
	client := c.connect(address)
	session, err := client.Auth.SignIn(c.ctx, email, password)
	if needed, ok := errors.AsType[*stoa.SecondFactorNeeded](err); ok {
		fmt.Fprint(c.Stderr, "Code of your authenticator app: ")
		code, asked := readLine(in)
		if asked != nil {
			return "", asked
		}
		session, err = client.Auth.SignInSecond(c.ctx, needed.Step, code)
	}
	if err != nil {
		return "", err
	}
	created, err := session.Tokens.Create(c.ctx, stoa.TokenCreateRequest{Name: tokenName(), ExpiresInDays: int64(l.Days)})
	if err != nil {
		return "", err
	}
	if err := session.Auth.SignOut(c.ctx); err != nil {
		c.say("stoa: the sign-in is left open until it expires: %s", describe(err))
	}
	return created.Secret, nil
}

// tokenName is what people find the token by in their list.
func tokenName() string {
	host, _ := os.Hostname() // only a name for people
	return strings.TrimSpace("stoa CLI " + host)
}

func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	if err != nil {
		return "", usagef("read standard input: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
