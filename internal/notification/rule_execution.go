package notification

import (
	"fmt"
	"strings"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
)

// aboutExecutions are the rules about how runs end; who cancelled one knows.
func aboutExecutions() []rule {
	told := func(status execution.Status, severity Severity) rule {
		return rule{fact: execution.Ended{Status: status}, to: toNamed("owner_id"), severity: severity, say: ended}
	}
	return []rule{
		told(execution.Completed, Low), told(execution.Failed, Medium), told(execution.TimedOut, Medium), told(execution.Error, High),
	}
}

// ended says how an execution ended; never what it printed.
func ended(e eventlog.Event) (title, body, link string) {
	fact, err := eventlog.Decode[execution.Ended](e)
	if err != nil {
		return "An execution ended", "", ""
	}
	link = "/executions/" + e.AggregateID.String()
	switch fact.Status {
	case execution.Completed:
		return "Execution completed", fact.Runtime, link
	case execution.TimedOut:
		title = "Execution ran out of time"
	case execution.Error:
		title = "Execution was lost"
		if _, never := neverRan[fact.Reason]; never {
			title = "Execution could not be run"
		}
	default:
		title = "Execution failed"
	}
	return title, fact.Runtime + ": " + howEnded(fact) + ".", link
}

// neverRan are the reasons of runs that no node has begun.
var neverRan = map[string]struct{}{
	execution.ReasonStale: {}, execution.ReasonTaskRefused: {}, execution.ReasonTaskInvalid: {}, execution.ReasonFileGone: {}, execution.ReasonFileUnread: {},
}

// endings are the reasons in the words of a notice. The execution itself says more: the limit's value, for one.
var endings = map[string]string{
	execution.ReasonCompile:     "it did not compile, and the compiler's words are on stderr",
	execution.ReasonMemory:      "it needed more memory than it may have",
	execution.ReasonProcesses:   "it started more processes than it may",
	execution.ReasonDisk:        "it filled the disk space that it may have",
	execution.ReasonOutput:      "it wrote far more output than is kept",
	execution.ReasonWall:        "it ran longer than it may",
	execution.ReasonCPU:         "it used more CPU time than it may",
	execution.ReasonIdle:        "for too long nothing was written to it, and it wrote nothing",
	execution.ReasonStale:       "no node took it in time",
	execution.ReasonNodeLost:    "its node was lost, and it could not be started again",
	execution.ReasonStuck:       "its node never said how it ended",
	execution.ReasonSandbox:     "its node's sandbox failed",
	execution.ReasonTaskRefused: "its node cannot run it as asked",
	execution.ReasonTaskInvalid: "its node did not accept it, which a wrong clock can lead to",
	execution.ReasonFileGone:    "a file that it needs was deleted before it began",
	execution.ReasonFileUnread:  "a file that it needs could not be brought to its node",
}

// howEnded is why a run did not complete. A node of another version may know reasons that are not here.
func howEnded(fact execution.Ended) string {
	words, known := endings[fact.Reason]
	switch {
	case known:
		return words
	case fact.Signal != "":
		return "it was ended by " + fact.Signal
	case fact.ExitCode != nil && *fact.ExitCode != 0:
		return fmt.Sprintf("it ended with exit code %d", *fact.ExitCode)
	case fact.Reason != "":
		return strings.ReplaceAll(fact.Reason, "_", " ")
	}
	return "its page says more"
}
