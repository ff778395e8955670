package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// Exit codes. `stoa run` ends with the script's own code, so there everything that is not the script's is 124, 125 or 130.
const (
	exitRefused     = 1   // the state of things does not admit it
	exitUsage       = 2   // the command or its values are wrong
	exitAuth        = 4   // not signed in, or not allowed
	exitNotFound    = 5   // not there, or not visible to you
	exitLimit       = 6   // a limit, quota or rate
	exitTimedOut    = 124 // run: a time limit ended the script
	exitError       = 125 // Stoa failed or cannot be reached; run: the script has no result
	exitInterrupted = 130 // cancelled
	exitSignal      = 128 // run: plus the signal that ended the script
)

// exitCodes is the table of the documentation.
var exitCodes = []struct {
	code    string
	meaning string
}{
	{"0", "Done; for `run`, the script ended with 0."},
	{"1", "Refused: the present state does not admit it."},
	{"2", "The command line or a value is wrong."},
	{"4", "Not signed in, or not allowed."},
	{"5", "Not there, or not visible to you."},
	{"6", "A limit, quota or rate was hit; the message names it."},
	{"125", "Stoa itself failed or cannot be reached."},
	{"130", "Interrupted by you."},
}

// runExitCodes is the table for run.
var runExitCodes = []struct {
	code    string
	meaning string
}{
	{"0…255", "The script's own exit code; 1 if a limit ended it without one. (2 is also a command line that is wrong.)"},
	{"124", "The script ran into a time limit."},
	{"125", "Stoa refused to run it, failed, or cannot be reached; standard error says why."},
	{"128+n", "Signal n ended the script: 137 is SIGKILL, for instance at the memory limit."},
	{"130", "It was cancelled, by Ctrl-C or elsewhere."},
}

// exit ends the program with a code and nothing more to say.
type exit struct{ code int }

func (e exit) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// usage, missing and signIn are our own refusals, found before the server was asked.
type (
	usage   struct{ error }
	missing struct{ error }
	signIn  struct{ error }
)

func usagef(format string, args ...any) error  { return usage{fmt.Errorf(format, args...)} }
func signInf(format string, args ...any) error { return signIn{fmt.Errorf(format, args...)} }

// fail says what went wrong, in one line, and gives the exit code.
func (c *call) fail(err error) int {
	if quiet, ok := errors.AsType[exit](err); ok {
		return quiet.code
	}
	c.say("stoa: %s", describe(err))
	return exitCode(err)
}

func exitCode(err error) int {
	var u usage
	var m missing
	var s signIn
	var e *stoa.Error
	switch {
	case errors.As(err, &u):
		return exitUsage
	case errors.As(err, &m):
		return exitNotFound
	case errors.As(err, &s):
		return exitAuth
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	case !errors.As(err, &e):
		return exitError
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return exitUsage
	case http.StatusUnauthorized, http.StatusForbidden:
		return exitAuth
	case http.StatusNotFound:
		return exitNotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return exitRefused
	case http.StatusTooManyRequests:
		return exitLimit
	}
	return exitError
}

// describe makes one line of an error: what, which values, which limit, and how to find it in the logs.
func describe(err error) string {
	var e *stoa.Error
	if !errors.As(err, &e) {
		if stoa.IsUnreachable(err) {
			return "the server cannot be reached: " + err.Error()
		}
		return err.Error()
	}
	text := strings.TrimSuffix(e.Detail, ".")
	if text == "" {
		text = strings.TrimSuffix(e.Title, ".")
	}
	for _, f := range e.Fields {
		text += fmt.Sprintf("; %s: %s", strings.TrimPrefix(f.Location, "body."), strings.TrimSuffix(f.Message, "."))
	}
	notes := []string{e.Code}
	if l := e.Limit; l != nil {
		applies := l.Text
		if applies == "" {
			applies = strings.TrimSpace(fmt.Sprintf("%d %s", l.Value, l.Unit))
		}
		notes = append(notes, fmt.Sprintf("limit %s = %s, scope %s", l.Name, applies, l.Scope))
	}
	if e.RetryAfter > 0 {
		notes = append(notes, fmt.Sprintf("try again in %s", e.RetryAfter))
	}
	if e.CorrelationID != "" {
		notes = append(notes, "correlation id "+e.CorrelationID)
	}
	return fmt.Sprintf("%s (%s)", strings.Join(strings.Fields(text), " "), strings.Join(notes, "; "))
}
