package node

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Cordon keeps new work off a node. What runs there runs on.
type Cordon struct{ NodeID ident.ID }

// Uncordon lets work onto a node again, and ends its drain.
type Uncordon struct{ NodeID ident.ID }

func (s *Slice) cordon(ctx context.Context, tx *command.Tx, c Cordon) (Node, error) {
	n, err := lockLiving(ctx, tx, c.NodeID)
	if err != nil || n.Cordoned {
		return n, err
	}
	n.Cordoned = true
	save(tx, &n, Cordoned{})
	return n, nil
}

func (s *Slice) uncordon(ctx context.Context, tx *command.Tx, c Uncordon) (Node, error) {
	n, err := lockLiving(ctx, tx, c.NodeID)
	if err != nil || !n.Cordoned {
		return n, err
	}
	n.Cordoned, n.DrainAskedAt = false, nil
	if n.DrainedAt != nil {
		n.DrainedAt, n.Reason = nil, ""
	}
	if n.Status == Draining {
		if err := n.become(Ready); err != nil {
			return n, err
		}
	}
	save(tx, &n, Uncordoned{})
	return n, nil
}

// lockLiving is lock for what makes no sense on a removed node.
func lockLiving(ctx context.Context, tx *command.Tx, id ident.ID) (Node, error) {
	n, err := lock(ctx, tx, id)
	if err == nil && n.Status == Retired {
		return n, errRemoved()
	}
	return n, err
}
