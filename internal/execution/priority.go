package execution

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const priorityLimit = "execution.priority.max"

// priorityOf is what a new execution gets of what was asked for. Who asked for none, or
// repeats one, gets the most that there is for them; who asked for more is refused.
func (s *Slice) priorityOf(ctx context.Context, q pg.Querier, who Subject, in Submit) (Priority, error) {
	limit, most, err := s.mostUrgent(ctx, q, who)
	switch {
	case err != nil:
		return 0, err
	case in.Priority >= most:
		return in.Priority, nil
	case in.PriorityUnasked || !in.retryOf.IsZero():
		return most, nil
	}
	return 0, tooUrgent(limit, in.Priority, most)
}

// mostUrgent is the limit, and the priority that it says.
func (s *Slice) mostUrgent(ctx context.Context, q pg.Querier, who Subject) (LimitValue, Priority, error) {
	limit, err := s.limits.Int(ctx, q, priorityLimit, who)
	if err != nil {
		return nil, 0, err
	}
	most, ok := ParsePriority(limit.Text())
	if !ok {
		return nil, 0, fmt.Errorf("%s is %q, which is no priority", priorityLimit, limit.Text())
	}
	return limit, most, nil
}

func tooUrgent(limit LimitValue, asked, most Priority) error {
	return limit.Refuse("execution.priority_too_high", "Priority %s is more urgent than you may ask for; %s is the most. An administrator can allow more.", asked, most)
}
