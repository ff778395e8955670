package execution

import (
	"context"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// KindRuntimeTerms is the aggregate kind of what operators say of a runtime. A runtime
// that nodes have installed is made by nobody, so it is no aggregate itself.
const KindRuntimeTerms = "runtime_terms"

// UpdateRuntime changes how a runtime's runs are kept apart at least, and what they may
// connect to. What waits keeps what it was submitted with.
type UpdateRuntime struct {
	Runtime string    `json:"runtime"`          // "python@3.12.8"
	Class   *Class    `json:"class,omitempty"`  // nil: as it is; ClassAuto: none, the settings decide
	Egress  *[]string `json:"egress,omitempty"` // nil: as it is; empty: nothing
}

// Validate checks the shape.
func (c UpdateRuntime) Validate() error {
	if c.Class != nil {
		if err := c.Class.validTerm(); err != nil {
			return err
		}
	}
	if c.Egress != nil {
		_, err := rulesOf(*c.Egress)
		return err
	}
	return nil
}

// rulesOf reads a runtime's list: none is an empty one.
func rulesOf(rules []string) ([]string, error) {
	if noEgress(rules) {
		return []string{}, nil
	}
	list, err := checkRules(rules)
	return append([]string{}, list.Strings()...), err
}

// validTerm tells whether operators can say it of a runtime. That it gets the weakest class at least says nothing.
func (c Class) validTerm() error {
	if c == ClassAuto || c.rank() > ClassProcess.rank() {
		return nil
	}
	return fault.New(fault.Invalid, "runtime.class", "%q is not auto, fresh or gvisor.", string(c)).At("body.class", "is not auto, fresh or gvisor")
}

// term is the class as it is kept: nothing where none is said.
func (c Class) term() Class {
	if c == ClassAuto {
		return ""
	}
	return c
}

// RuntimeTerms is what operators say of a runtime, as a row.
type RuntimeTerms struct {
	ID      ident.ID `db:"terms_id"` // zero: nobody has said anything yet
	Version int64    `db:"terms_version"`
	Class   Class    `db:"class"`
	Egress  []string `db:"egress"` // nil: as its image says
}

// RuntimeUpdated: an operator said something else of a runtime.
type RuntimeUpdated struct {
	Runtime      string `json:"runtime"`
	Class        Class  `json:"class,omitempty"` // empty: the settings decide
	Destinations int    `json:"destinations"`    // how many entries what its runs may connect to has
}

// EventType names the fact.
func (RuntimeUpdated) EventType() string { return "runtime.updated.v1" }

func (s *Slice) changeRuntime(ctx context.Context, tx *command.Tx, in UpdateRuntime) (Runtime, error) {
	all, err := s.store.Runtimes(ctx, tx)
	if err != nil {
		return Runtime{}, err
	}
	at := slices.IndexFunc(all, func(r Runtime) bool { return r.ID == in.Runtime })
	if at < 0 {
		return Runtime{}, fault.New(fault.NotFound, "runtime.unknown", "There is no runtime %q. Name it with its whole version.", in.Runtime)
	}
	r := all[at]
	terms, err := s.store.LockTerms(ctx, tx.Tx, r.ID)
	if err != nil {
		return Runtime{}, command.NotFoundIfNoRows(err)
	}
	if in.Class != nil {
		terms.Class = in.Class.term()
	}
	if in.Egress != nil {
		if terms.Egress, err = rulesOf(*in.Egress); err != nil {
			return Runtime{}, err
		}
		r.Egress = terms.Egress
	}
	r.Class = terms.Class
	if terms.Version++; terms.ID.IsZero() {
		terms.ID = tx.NewID()
	}
	s.store.SaveTerms(tx.Tx, r.ID, terms)
	tx.Emit(eventlog.Aggregate{Kind: KindRuntimeTerms, ID: terms.ID, Version: terms.Version}, RuntimeUpdated{
		Runtime: r.ID, Class: r.Class, Destinations: len(r.Egress),
	})
	return r, nil
}

// UpdateRuntime changes what operators say of a runtime. Other replicas obey within seconds.
func (s *Slice) UpdateRuntime(ctx context.Context, in UpdateRuntime) (Runtime, error) {
	r, err := s.updateRuntime(ctx, in)
	if err == nil {
		s.catalogue.forget()
	}
	return r, err
}
