// Package judge0 is what Judge0's API (github.com/judge0/judge0) knows of a
// submission that executions do not: a language's number, the output that was
// expected, the verdict that follows from both, and whom to call in the end.
//
// Invariants. A submission is stored in its execution's transaction and goes with
// it. A callback begins with the event that says that the execution ended, and is
// tried until it arrives or a day has passed; an attempt counts only while its
// number is the callback's.
package judge0

import (
	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Submission is what was asked for beside an execution. It never changes.
type Submission struct {
	ExecutionID ident.ID `db:"execution_id"`
	ProjectID   ident.ID `db:"project_id"`
	LanguageID  int      `db:"language_id"`
	Asked       Asked    `db:"asked"`
	Expected    []byte   `db:"expected_output"` // nil: nothing was expected
}

// Asked is a request in Judge0's words: seconds, and kilobytes of 1024 bytes. Nil was not asked for.
type Asked struct {
	CPUTimeLimit         *float64 `json:"cpu_time_limit,omitempty"`
	CPUExtraTime         *float64 `json:"cpu_extra_time,omitempty"`
	StackLimit           *float64 `json:"stack_limit,omitempty"`
	CommandLineArguments string   `json:"command_line_arguments,omitempty"`
	RedirectStderr       bool     `json:"redirect_stderr_to_stdout,omitempty"`
	CallBack             bool     `json:"callback,omitempty"`
}

// Extra is what a submit brings beside its execution.
type Extra struct {
	LanguageID int    `json:"language_id"`
	Asked      Asked  `json:"asked"`
	Expected   []byte `json:"expected_output"`
	// CallbackURL is empty when nobody is to be called.
	CallbackURL string `json:"callback_url"`

	slice *Slice
}

// With makes an extra that is stored with the execution it is submitted with.
func (s *Slice) With(e Extra) execution.Companion {
	e.slice = s
	return e
}

// Accompany implements execution.Companion.
func (x Extra) Accompany(tx *command.Tx, e execution.Execution) {
	x.Asked.CallBack = x.CallbackURL != ""
	tx.Defer(insertSubmission, e.ID, e.ProjectID, x.LanguageID, x.Asked, x.Expected)
	if x.CallbackURL == "" {
		return
	}
	url := x.slice.keys.Seal(secret.New(x.CallbackURL), purpose(e.ID))
	tx.Defer(insertCallback, e.ID, 1, e.OrganizationID, e.ProjectID, e.OwnerID, url, string(Waiting))
}

// purpose binds a sealed address to its row.
func purpose(id ident.ID) string { return "judge0_callback/url/" + id.String() }
