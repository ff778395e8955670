package notification

import (
	"fmt"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// aboutEvents are the rules about where events go: who looks after it is told when
// something there needs them.
func aboutEvents() []rule {
	return []rule{
		{fact: eventplane.LevelChanged{}, to: toOperators, tags: []string{TagSystem}, say: deadLetters, weigh: weighDeadLetters},
		{fact: eventplane.SinkSwitched{}, to: toRunnersOfHaltedSink, severity: High, tags: []string{TagSystem, "failed"}, say: fixed(
			"A sink was paused", "Its system will not take an event, however often it is sent. Set right what the sink's error says, and resume it: nothing is lost.", "/sinks",
		)},
		{fact: eventplane.ReplayMoved{}, to: toWhoseReplayEnded, say: replayEnded, weigh: weighReplay},
	}
}

// weighDeadLetters lets nobody miss the worst.
func weighDeadLetters(e eventlog.Event) Severity {
	fact, err := eventlog.Decode[eventplane.LevelChanged](e)
	switch {
	case err != nil || fact.Level == eventlog.LevelCritical:
		return High
	case fact.Level == eventlog.LevelWarning:
		return Medium
	}
	return Low
}

func deadLetters(e eventlog.Event) (title, body, link string) {
	const screen = "/dead-letters"
	fact, err := eventlog.Decode[eventplane.LevelChanged](e)
	switch {
	case err != nil:
		return "The number of dead letters changed", "", screen
	case fact.Level == eventlog.LevelOK:
		return "Dead letters are few again", fmt.Sprintf("%d are open.", fact.Open), screen
	}
	return "Many dead letters", fmt.Sprintf("%d are open: %s. Parts of Stoa could not handle these events; look at the reasons, then retry or discard.", fact.Open, fact.Level), screen
}

// toRunnersOfHaltedSink is for sinks that Stoa paused; who paused one by hand knows.
func toRunnersOfHaltedSink(e eventlog.Event) ident.ID {
	fact, err := eventlog.Decode[eventplane.SinkSwitched](e)
	if err != nil || !fact.Halted {
		return ident.ID{}
	}
	return runners
}

// toWhoseReplayEnded is for replays that ended by themselves.
func toWhoseReplayEnded(e eventlog.Event) ident.ID {
	fact, err := eventlog.Decode[eventplane.ReplayMoved](e)
	if err != nil || fact.Status != eventplane.Failed && fact.Status != eventplane.Completed {
		return ident.ID{}
	}
	return fact.OwnerID
}

func weighReplay(e eventlog.Event) Severity {
	if fact, err := eventlog.Decode[eventplane.ReplayMoved](e); err == nil && fact.Status == eventplane.Failed {
		return Medium
	}
	return Low
}

func replayEnded(e eventlog.Event) (title, body, link string) {
	const screen = "/replays"
	fact, err := eventlog.Decode[eventplane.ReplayMoved](e)
	if err != nil {
		return "A replay ended", "", screen
	}
	if fact.Status == eventplane.Failed {
		return "A replay failed", fmt.Sprintf("%d events were given. Its reason says what happened; it can be resumed.", fact.Sent), screen
	}
	body = fmt.Sprintf("%d events were given", fact.Sent)
	if fact.Failed > 0 {
		body += fmt.Sprintf(", %d were not taken", fact.Failed)
	}
	return "A replay is done", body + ".", screen
}
