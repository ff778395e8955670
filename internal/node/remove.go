package node

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Remove retires a node for good: its session ends and its certificate is refused
// from now on. What runs there ends within lease and grace.
type Remove struct{ NodeID ident.ID }

func (s *Slice) remove(ctx context.Context, tx *command.Tx, c Remove) (struct{}, error) {
	n, err := lockLiving(ctx, tx, c.NodeID)
	if err != nil {
		return struct{}{}, err
	}
	if err := n.become(Retired); err != nil {
		return struct{}{}, err
	}
	n.Reason = reasonRemoved
	save(tx, &n, Removed{Epoch: n.Epoch})
	return struct{}{}, nil
}
