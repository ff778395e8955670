package node

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// lock reads a node and keeps others from changing it until the transaction ends.
func lock(ctx context.Context, tx *command.Tx, id ident.ID) (Node, error) {
	n, err := pg.One[Node](ctx, tx, lockNode, id)
	if err != nil {
		return Node{}, fmt.Errorf("lock node: %w", command.NotFoundIfNoRows(err))
	}
	return n, nil
}

// save queues the changed node and what happened for the commit. The row is locked.
func save(tx *command.Tx, n *Node, fact eventlog.Fact) {
	before := n.Version
	aggregate := n.changed()
	tx.Defer(updateNode, n.ID, before, n.Status, n.Cordoned, n.DrainAskedAt, n.DrainedAt, n.Reason, n.Version)
	tx.Emit(aggregate, fact)
}
