package cli

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type secondFactorCommand struct {
	Show   secondFactorShow   `cmd:"" default:"withargs" help:"Say whether you have one."`
	Enroll secondFactorEnroll `cmd:"" help:"Enrol an authenticator app."`
	Codes  secondFactorCodes  `cmd:"" help:"Make new recovery codes; the old ones end."`
	Remove secondFactorRemove `cmd:"" help:"Remove your authenticator app."`
	Reset  secondFactorReset  `cmd:"" help:"Take somebody else's second factor away; for operators."`
}

type secondFactorShow struct{}

// Run shows the caller's second factor.
func (secondFactorShow) Run(c *call, client *stoa.Client) error {
	got, err := client.SecondFactor.Get(c.ctx)
	if err != nil {
		return err
	}
	return printOne(c, *got, []column[stoa.SecondFactor]{
		{title: "Authenticator app", value: func(f stoa.SecondFactor) string {
			if !f.Enrolled {
				return "no"
			}
			return "since " + ago(f.EnrolledAt)
		}},
		{title: "Recovery codes left", value: func(f stoa.SecondFactor) string { return strconv.FormatInt(f.RecoveryCodes, 10) }},
		{title: "Asked of you", value: func(f stoa.SecondFactor) string { return yes(f.Required) }},
	})
}

type secondFactorEnroll struct{}

// Run shows the secret, waits for a code of the app and prints the recovery codes.
func (secondFactorEnroll) Run(c *call, client *stoa.Client) error {
	made, err := client.SecondFactor.Enroll(c.ctx)
	if err != nil {
		return err
	}
	if terminal(c.Stderr) {
		fmt.Fprint(c.Stderr, drawn(made.Qr))
	}
	c.say("Scan the code with your authenticator app, or type this secret into it:\n\n  %s\n\n  %s\n", printable(made.Secret), printable(made.URI))
	fmt.Fprint(c.Stderr, "Code that it shows: ")
	code, err := readLine(bufio.NewReader(c.Stdin))
	if err != nil {
		return err
	}
	codes, err := client.SecondFactor.Confirm(c.ctx, code)
	if err != nil {
		return err
	}
	c.say("Signing in asks for a code from now on. Keep these recovery codes; each works once, and they are shown this once:")
	return c.printCodes(codes)
}

// drawn makes a QR code of half blocks, dark on light whatever the terminal's colours.
func drawn(rows []string) string {
	const quiet = 2
	dark := func(x, y int) bool {
		return y >= 0 && y < len(rows) && x >= 0 && x < len(rows[y]) && rows[y][x] == '1'
	}
	var out strings.Builder
	for y := -quiet; y < len(rows)+quiet; y += 2 {
		out.WriteString("\x1b[30;107m")
		for x := -quiet; x < len(rows)+quiet; x++ {
			switch up, down := dark(x, y), dark(x, y+1); {
			case up && down:
				out.WriteRune('█')
			case up:
				out.WriteRune('▀')
			case down:
				out.WriteRune('▄')
			default:
				out.WriteByte(' ')
			}
		}
		out.WriteString(reset + "\n")
	}
	return out.String()
}

type secondFactorCodes struct {
	Code string `arg:"" help:"A code of your authenticator app, or a recovery code."`
}

// Run prints new recovery codes.
func (s *secondFactorCodes) Run(c *call, client *stoa.Client) error {
	codes, err := client.SecondFactor.RenewCodes(c.ctx, s.Code)
	if err != nil {
		return err
	}
	return c.printCodes(codes)
}

func (c *call) printCodes(codes []string) error {
	if c.Output != "table" {
		return c.printData(stoa.RecoveryCodes{RecoveryCodes: codes})
	}
	return c.printLine(strings.Join(codes, "\n"))
}

type secondFactorRemove struct {
	Code string `arg:"" help:"A code of your authenticator app, or a recovery code."`
}

// Run removes the caller's second factor.
func (s *secondFactorRemove) Run(c *call, client *stoa.Client) error {
	if err := client.SecondFactor.Remove(c.ctx, s.Code); err != nil {
		return err
	}
	c.say("Signing in asks for your password only from now on.")
	return nil
}

type secondFactorReset struct{ whichUser }

// Run resets somebody's second factor.
func (s *secondFactorReset) Run(c *call, client *stoa.Client) error {
	id, err := s.id(c, client)
	if err != nil {
		return err
	}
	if err := client.SecondFactor.Reset(c.ctx, id); err != nil {
		return err
	}
	c.say("%s signs in with a password only until they enrol again; their sessions have ended.", s.User)
	return nil
}
