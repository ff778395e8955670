package limit

import (
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// aggregateKind is what events call a value that somebody set.
const aggregateKind = "limit"

// ValueSet says that a scope has a value of its own.
type ValueSet struct {
	Name    string   `json:"name"`
	Scope   Scope    `json:"scope"`
	ScopeID ident.ID `json:"scope_id,omitzero"`
	// OrganizationID is where a member is one.
	OrganizationID ident.ID `json:"organization_id,omitzero"`
	Number         *int64   `json:"number,omitempty"`
	Word           string   `json:"word,omitempty"`
}

// EventType implements eventlog.Fact.
func (ValueSet) EventType() string { return "limit.set.v1" }

// ValueCleared says that a scope has no value of its own any more.
type ValueCleared struct {
	Name    string   `json:"name"`
	Scope   Scope    `json:"scope"`
	ScopeID ident.ID `json:"scope_id,omitzero"`
	// OrganizationID is where a member is one.
	OrganizationID ident.ID `json:"organization_id,omitzero"`
}

// EventType implements eventlog.Fact.
func (ValueCleared) EventType() string { return "limit.cleared.v1" }

// rateKind is what events call the request rates of an account.
const rateKind = "rate"

// RatesReset says that an account's request rates are whole again.
type RatesReset struct {
	AccountID ident.ID `json:"account_id"`
}

// EventType implements eventlog.Fact.
func (RatesReset) EventType() string { return "rate.reset.v1" }

// isAbout tells whether an event changes what Reader knows.
func isAbout(e eventlog.Event) bool {
	return e.AggregateKind == aggregateKind || e.AggregateKind == rateKind
}
