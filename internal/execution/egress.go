package execution

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/destination"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Egress is where one execution may connect to, and what came of it so far.
type Egress struct {
	Allow       []string             `db:"allow"`    // as package destination reads them
	Private     bool                 `db:"private"`  // rules for private addresses count
	Revision    int64                `db:"revision"` // of Allow: counts up with each change
	Applied     int64                `db:"applied"`  // the revision that its node obeys
	Connections int64                `db:"connections"`
	BytesOut    int64                `db:"bytes_out"` // from the program
	BytesIn     int64                `db:"bytes_in"`
	Refused     []node.EgressRefusal `db:"refused"`
	RefusedMore int64                `db:"refused_more"` // refusals of destinations beyond those
}

// maxRules bounds a list.
const maxRules = 64

// checkRules reads a list of destinations. The fault names the entry that is wrong.
func checkRules(rules []string) (destination.List, error) {
	list, err := destination.ParseList(rules)
	switch {
	case err != nil:
		return nil, fault.New(fault.Invalid, "execution.egress_invalid", "The egress list cannot be read: %s.", err).At("body.egress", err.Error())
	case len(rules) > maxRules:
		return nil, fault.New(fault.Invalid, "execution.egress_invalid", "The egress list has %d entries; %d are the most.", len(rules), maxRules).
			At("body.egress", "has too many entries")
	}
	return list, nil
}

// NoEgress, alone in a run's list, asks for no network, also where the runtime has a list.
const NoEgress = "none"

func noEgress(rules []string) bool { return len(rules) == 1 && rules[0] == NoEgress }

// egressOf decides what a run may reach: by its own list, where it names one; else by its
// runtime's, as far as the limit admits that. So nobody is kept from a runtime by a list
// that others may use.
func (s *Slice) egressOf(ctx context.Context, q pg.Querier, who Subject, r Runtime, in Submit) (*Egress, error) {
	switch {
	case noEgress(in.Egress):
		return nil, nil //nolint:nilnil // it asks for none
	case in.Network || len(in.Egress) > 0 || len(r.Egress) == 0:
		return s.egress(ctx, q, who, in.Network, in.Egress)
	}
	list, err := checkRules(r.Egress)
	if err != nil {
		return nil, err
	}
	_, private, admitted, err := s.egressLimits(ctx, q, who)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list.Meet(admitted), func(rule destination.Rule) bool { return rule.IsPrivate() && private.Int() == 0 })
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // nothing of it is admitted here
	}
	return &Egress{Allow: list.Strings(), Private: private.Int() != 0, Revision: 1}, nil
}

// egressLimits are the two limits on egress, and the first as a list.
func (s *Slice) egressLimits(ctx context.Context, q pg.Querier, who Subject) (limit, private LimitValue, admitted destination.List, err error) {
	if limit, err = s.limits.Int(ctx, q, "execution.egress.allowed", who); err != nil {
		return nil, nil, nil, err
	}
	if private, err = s.limits.Int(ctx, q, "execution.egress.private", who); err != nil {
		return nil, nil, nil, err
	}
	admitted, err = readLimit(limit.Text())
	return limit, private, admitted, err
}

// egress decides what a run may reach: what it asks for, where the limit admits it; all
// that the limit admits, where it asks for the network alone; nil, where it asks for neither.
func (s *Slice) egress(ctx context.Context, q pg.Querier, who Subject, network bool, rules []string) (*Egress, error) {
	if !network && len(rules) == 0 {
		return nil, nil //nolint:nilnil // no egress is the usual thing
	}
	list, err := checkRules(rules)
	if err != nil {
		return nil, err
	}
	limit, private, admitted, err := s.egressLimits(ctx, q, who)
	if err != nil {
		return nil, err
	}
	if len(admitted) == 0 {
		return nil, limit.Refuse("execution.egress_not_allowed", "Network access is not allowed here. An administrator can allow some destinations, or all.")
	}
	for _, r := range list {
		switch {
		case !admitted.Admits(r):
			return nil, limit.Refuse("execution.egress_not_allowed", "“%s” is not among the destinations that are allowed here.", r)
		case r.IsPrivate() && private.Int() == 0:
			return nil, private.Refuse("execution.egress_not_allowed", "“%s” is private, and private addresses are not allowed here. An operator can allow them.", r)
		}
	}
	if len(rules) == 0 {
		list = admitted
	}
	return &Egress{Allow: list.Strings(), Private: private.Int() != 0, Revision: 1}, nil
}

// inputOf is what an execution's program gets, with the egress list that it has now.
func (s *Slice) inputOf(ctx context.Context, q pg.Querier, e Execution) (Input, error) {
	in, err := s.store.Input(ctx, q, e.ID)
	if err == nil && e.Interactive {
		var talk Interactive
		talk, err = s.store.Interactive(ctx, q, e.ID)
		in.Interactive = &talk
	}
	if err != nil || !e.Network {
		return in, err
	}
	found, err := s.store.Egress(ctx, q, e.ID)
	in.Egress = &found
	return in, err
}

// taskEgress is an egress list as nodes get it.
func taskEgress(e *Egress) *node.Egress {
	if e == nil {
		return nil
	}
	return &node.Egress{Allow: e.Allow, Private: e.Private, Revision: e.Revision}
}

// EgressReported stores what a running execution did with its egress. node.EgressUser.
func (s *Slice) EgressReported(ctx context.Context, from ident.ID, ref node.TaskRef, r node.EgressReport) {
	if _, err := s.egressReport(asNode(ctx, from), egressReport{ID: ref.ID, Attempt: ref.Attempt, Report: r}); err != nil && !IsStale(err) {
		s.log.WarnContext(ctx, "egress report not stored", "execution", ref.ID, "error", err)
	}
}

// readLimit reads execution.egress.allowed.
func readLimit(word string) (destination.List, error) {
	if word == "none" {
		return nil, nil
	}
	return destination.ParseList(strings.Fields(word))
}
