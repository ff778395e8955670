package limit

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Count tells how much of a limit is used by who it applies to. It is not known where
// the subject lacks what it is counted in, such as a project.
type Count func(ctx context.Context, q pg.Querier, who Subject) (used int64, known bool, err error)

// Uses has the list of limits tell how much of some is used. Call it before anything is served.
func (s *Slice) Uses(counts map[string]Count) error {
	for name := range counts {
		if _, err := s.catalogue.Definition(name); err != nil {
			return fmt.Errorf("count usage: %w", err)
		}
	}
	s.counts = counts
	return nil
}

// withUsage adds what is used now.
func (s *Slice) withUsage(ctx context.Context, q pg.Querier, who Subject, all []Effective) ([]Effective, error) {
	for i, e := range all {
		count, counted := s.counts[e.Name]
		if !counted {
			continue
		}
		used, known, err := count(ctx, q, who)
		if err != nil {
			return nil, fmt.Errorf("count what is used of %s: %w", e.Name, err)
		}
		if known {
			all[i].Used = &used
		}
	}
	return all, nil
}
