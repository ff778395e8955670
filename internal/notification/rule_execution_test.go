package notification_test

import (
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// A notice says once, in words, how a run ended.
func TestHowARunEndedIsSaidInWords(t *testing.T) {
	w := newWorld(t)
	w.limits["notification.per_hour"] = 100
	ann := ident.New()
	_, err := w.ChangeSubscription(w.as(ann), notification.ChangeSubscription{ID: ann, MinSeverity: new("low")})
	w.must(err)
	say := func(fact execution.Ended) (title, body string) {
		fact.OwnerID, fact.Runtime = ann, "python@3.11.2"
		w.hear(w.happened(execution.Kind, ident.New(), ident.New(), fact))
		told := w.only(ann)
		return told.Title, told.Body
	}
	for _, c := range []struct {
		execution.Ended
		title, body string
	}{
		{execution.Ended{Status: execution.Completed, ExitCode: new(0)}, "Execution completed", "python@3.11.2"},
		{execution.Ended{Status: execution.Failed, Reason: execution.ReasonExit, ExitCode: new(3)}, "Execution failed", "python@3.11.2: it ended with exit code 3."},
		{execution.Ended{Status: execution.Failed, Reason: execution.ReasonSignal, Signal: "SIGSEGV"}, "Execution failed", "python@3.11.2: it was ended by SIGSEGV."},
		{execution.Ended{Status: execution.Failed, Reason: execution.ReasonMemory, Signal: "SIGKILL"}, "Execution failed", "python@3.11.2: it needed more memory than it may have."},
		{execution.Ended{Status: execution.TimedOut, Reason: execution.ReasonWall, Signal: "SIGKILL"}, "Execution ran out of time", "python@3.11.2: it ran longer than it may."},
		{execution.Ended{Status: execution.Error, Reason: execution.ReasonNodeLost}, "Execution was lost", "python@3.11.2: its node was lost, and it could not be started again."},
		{execution.Ended{Status: execution.Error, Reason: execution.ReasonFileGone}, "Execution could not be run", "python@3.11.2: a file that it needs was deleted before it began."},
		{execution.Ended{Status: execution.Error, Reason: "cosmic_ray"}, "Execution was lost", "python@3.11.2: cosmic ray."},
		{execution.Ended{Status: execution.Failed}, "Execution failed", "python@3.11.2: its page says more."},
	} {
		if title, body := say(c.Ended); title != c.title || body != c.body {
			t.Errorf("%+v: %q, %q", c.Ended, title, body)
		}
	}
	for _, reason := range execution.Reasons() {
		if reason == execution.ReasonCancelled { // of which nobody is told
			continue
		}
		_, body := say(execution.Ended{Status: execution.Failed, Reason: reason, ExitCode: new(7), Signal: map[bool]string{true: "SIGTERM"}[reason == execution.ReasonSignal]})
		if strings.Contains(body, reason) || strings.Contains(body, "_") || strings.Contains(body, "exit code") != (reason == execution.ReasonExit) {
			t.Errorf("%s: %q", reason, body)
		}
	}
}
