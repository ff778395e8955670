package notification

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// audience finds whom an event is for.
type audience func(e eventlog.Event) ident.ID

// operators stands for everybody who runs the installation, runners for who runs the
// organization that the event is of, or the installation where it is of none.
var (
	operators = ident.ID{0xff}
	runners   = ident.ID{0xfe}
)

func toOperators(eventlog.Event) ident.ID { return operators }

// toItself is for events of accounts.
func toItself(e eventlog.Event) ident.ID { return e.AggregateID }

// toNamed is for events whose data names somebody.
func toNamed(field string) audience {
	return func(e eventlog.Event) ident.ID {
		var data map[string]json.RawMessage
		var id ident.ID
		if json.Unmarshal(e.Data, &data) != nil || json.Unmarshal(data[field], &id) != nil {
			return ident.ID{}
		}
		return id
	}
}

// rule turns one type of event into a notice. To tell people about another type, of
// any slice, add a line to rules.
type rule struct {
	fact     eventlog.Fact
	to       audience
	severity Severity
	tags     []string
	say      func(e eventlog.Event) (title, body, link string)
	weigh    func(e eventlog.Event) Severity // instead of severity, where it is not always the same
}

func rules() map[string]rule {
	table := map[string]rule{}
	for _, r := range slices.Concat([]rule{
		{fact: judge0.CallbackEnded{}, to: toOwnerOfLostCallback, severity: Medium, tags: []string{"failed"}, say: lostCallback},

		{fact: tenancy.ProjectMemberSet{}, to: toNamed("user_id"), severity: Low, say: fixed("You have a role in a project", "", "/members")},
		{fact: tenancy.OrganizationMemberSet{}, to: toNamed("user_id"), severity: Low, say: fixed("You have a role in an organization", "", "/members")},

		{
			fact: node.WentOffline{}, to: toOperators, severity: High, tags: []string{TagSystem},
			say: fixed("A node lost contact", "What ran there is moved or ended. It comes back by itself when the machine does.", "/nodes"),
		},
		{fact: node.CameReady{}, to: toOperators, severity: Low, tags: []string{TagSystem}, say: fixed("A node is ready", "", "/nodes")},
	}, aboutExecutions(), aboutAccounts(), aboutEvents()) {
		table[r.fact.EventType()] = r
	}
	return table
}

func fixed(title, body, link string) func(eventlog.Event) (string, string, string) {
	return func(eventlog.Event) (string, string, string) { return title, body, link }
}

// toOwnerOfLostCallback is for callbacks that were given up; that one arrived is no news.
func toOwnerOfLostCallback(e eventlog.Event) ident.ID {
	fact, err := eventlog.Decode[judge0.CallbackEnded](e)
	if err != nil || fact.Status != judge0.Failed {
		return ident.ID{}
	}
	return fact.OwnerID
}

func lostCallback(e eventlog.Event) (title, body, link string) {
	tries := "the address did not take the result"
	if fact, err := eventlog.Decode[judge0.CallbackEnded](e); err == nil && fact.Attempts > 1 {
		tries += fmt.Sprintf(" in %d attempts", fact.Attempts)
	}
	return "A callback was given up", "Judge0's API: " + tries + ". The submission's callback_error says why.", "/executions/" + e.AggregateID.String()
}

// notice makes what the rule has to say of an event. Every notice can be chosen by its
// kind of thing (“execution”, “entity:execution”), the thing (“exec:<id>”) and the outcome.
func (r rule) notice(e eventlog.Event) Notice {
	n := Notice{Cause: e.Type, Severity: r.severity}
	if r.weigh != nil {
		n.Severity = r.weigh(e)
	}
	n.Title, n.Body, n.Link = r.say(e)
	kind := e.AggregateKind
	thing := kind + ":"
	if kind == execution.Kind || kind == judge0.Kind { // a callback has its execution's id
		thing = tagExecution
	}
	words := strings.Split(e.Type, ".")
	n.Tags = append([]string{kind, "entity:" + kind, thing + e.AggregateID.String(), words[len(words)-2]}, r.tags...)
	return n
}
