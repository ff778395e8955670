package execution

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Unshared is the value of a shared limit that nobody set: what is not limited is not counted.
const Unshared = 100_000

// share is a limit of what many people have under way together.
type share struct {
	limit  string
	waits  string // why an execution waits that it holds back
	whose  string
	holder func(Subject) ident.ID
}

// shares are locked in this order, after the owner's load.
var shares = []share{
	{"execution.organization.concurrent", WaitsForOrganization, "organization", func(who Subject) ident.ID { return who.Organization }},
	{"execution.project.concurrent", WaitsForProject, "project", func(who Subject) ident.ID { return who.Project }},
}

// full tells which shared limit admits no other execution, in words; none, if all do. With
// lock, which takes a transaction, the answer holds until that ends.
func (s *Slice) full(ctx context.Context, q pg.Querier, who Subject, lock bool) (Reason, bool, error) {
	for _, one := range shares {
		most, err := s.limits.Int(ctx, q, one.limit, who)
		if err != nil {
			return Reason{}, false, err
		}
		if most.Int() >= Unshared {
			continue
		}
		if lock {
			if err := s.store.LockShare(ctx, q, one.holder(who)); err != nil {
				return Reason{}, false, fmt.Errorf("lock the %s's share: %w", one.whose, err)
			}
		}
		active, err := s.store.ActiveIn(ctx, q, one.holder(who))
		if err != nil {
			return Reason{}, false, fmt.Errorf("count what the %s has under way: %w", one.whose, err)
		}
		if int64(active) >= most.Int() {
			said := fault.Of(most.Refuse(one.waits, "Its %s has %d executions under way.", one.whose, active))
			return Reason{one.waits, said.Message}, true, nil
		}
	}
	return Reason{}, false, nil
}
