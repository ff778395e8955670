package notification

import (
	"fmt"
	"time"

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
		{fact: eventplane.SinkFailing{}, to: toRunners, severity: High, tags: []string{TagSystem, "failed"}, say: sinkFails},
		{fact: eventplane.SinkRecovered{}, to: toRunners, severity: Medium, tags: []string{TagSystem}, say: sinkWorks},
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

// toRunners is for what every one of those who look after it is told.
func toRunners(eventlog.Event) ident.ID { return runners }

func sinkFails(e eventlog.Event) (title, body, link string) {
	long := "long"
	if fact, err := eventlog.Decode[eventplane.SinkFailing](e); err == nil {
		long = lasted(e.Time.Sub(fact.Since))
	}
	return "A sink takes nothing", fmt.Sprintf("It has failed for %s; its error says why. It is tried again by itself, and gets everything when it works: nothing is lost.", long), "/sinks"
}

func sinkWorks(e eventlog.Event) (title, body, link string) {
	long := "long"
	if fact, err := eventlog.Decode[eventplane.SinkRecovered](e); err == nil {
		long = lasted(e.Time.Sub(fact.FailedSince))
	}
	return "A sink works again", fmt.Sprintf("It had failed for %s. Now it gets what happened meanwhile.", long), "/sinks"
}

// lasted says how long something took, in the unit of which it took two or more.
func lasted(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f seconds", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
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
