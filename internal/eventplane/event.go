package eventplane

import (
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
)

// What events call the things that they are about.
const (
	consumerKind = "consumer"
	levelKind    = "dead_letters"
	policyKind   = "retry_policy"
)

// LettersRetried says that dead letters of a consumer are tried again.
type LettersRetried struct {
	Consumer string `json:"consumer"`
	Events   int    `json:"events"`
}

// EventType implements eventlog.Fact.
func (LettersRetried) EventType() string { return "dead_letter.retried.v1" }

// LettersDiscarded says that a consumer goes on without some events.
type LettersDiscarded struct {
	Consumer string `json:"consumer"`
	Events   int    `json:"events"`
}

// EventType implements eventlog.Fact.
func (LettersDiscarded) EventType() string { return "dead_letter.discarded.v1" }

// LevelChanged says that there are more dead letters than before, or fewer, by the thresholds.
type LevelChanged struct {
	Level Level `json:"level"`
	Was   Level `json:"was"`
	Open  int64 `json:"open"`
}

// EventType implements eventlog.Fact.
func (LevelChanged) EventType() string { return "dead_letter.level_changed.v1" }

// PolicySet says how failing events are tried from now on.
type PolicySet struct {
	Consumer  string            `json:"consumer,omitempty"`
	Subject   string            `json:"subject,omitempty"`
	Strategy  eventlog.Strategy `json:"strategy"`
	Attempts  int               `json:"attempts"`
	FirstMS   int64             `json:"first_ms"`
	LongestMS int64             `json:"longest_ms"`
	Factor    float64           `json:"factor"`
	AtMinute  int               `json:"at_minute"`
}

// EventType implements eventlog.Fact.
func (PolicySet) EventType() string { return "retry_policy.set.v1" }

// PolicyCleared says that a more general policy applies again.
type PolicyCleared struct {
	Consumer string `json:"consumer,omitempty"`
	Subject  string `json:"subject,omitempty"`
}

// EventType implements eventlog.Fact.
func (PolicyCleared) EventType() string { return "retry_policy.cleared.v1" }

// FactTypes is every type of event that the slice says.
func FactTypes() []eventlog.Fact {
	return []eventlog.Fact{LettersRetried{}, LettersDiscarded{}, LevelChanged{}, PolicySet{}, PolicyCleared{}, ReplayMade{}, ReplayMoved{}, ReplayDeleted{}, SinkCreated{}, SinkUpdated{}, SinkSwitched{}, SinkFailing{}, SinkRecovered{}, SinkDeleted{}}
}
