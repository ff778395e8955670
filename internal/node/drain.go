package node

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Drain cordons a node and wants it empty. What runs there ends by itself; then
// the node's reason says that it is drained.
type Drain struct{ NodeID ident.ID }

// settle is how long after a drain was asked for an empty node counts as drained:
// tasks that were assigned just before have reached the agent by then.
const settle = 5 * time.Second

func (s *Slice) drain(ctx context.Context, tx *command.Tx, c Drain) (Node, error) {
	n, err := lockLiving(ctx, tx, c.NodeID)
	if err != nil || n.draining() {
		return n, err
	}
	now := tx.Now
	n.Cordoned, n.DrainAskedAt = true, &now
	if n.Status == Ready {
		if err := n.become(Draining); err != nil {
			return n, err
		}
	}
	save(tx, &n, DrainAsked{})
	return n, nil
}

// finishDrain notes that a draining node is empty.
type finishDrain struct{ NodeID ident.ID }

func (s *Slice) finishDrain(ctx context.Context, tx *command.Tx, c finishDrain) (Node, error) {
	n, err := lock(ctx, tx, c.NodeID)
	if err != nil {
		return n, err
	}
	if n.Status != Draining || n.DrainedAt != nil || n.SlotsUsed > 0 {
		return n, fault.New(fault.Conflict, "node.not_drained", "The node is not draining, or not empty.")
	}
	now := tx.Now
	n.DrainedAt, n.Reason = &now, reasonDrained
	save(tx, &n, Drained{})
	return n, nil
}
