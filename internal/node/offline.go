package node

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// lapse marks a node offline whose session's lease and grace have passed.
type lapse struct {
	NodeID ident.ID `db:"node_id"`
	Epoch  int64    `db:"epoch"`
}

func (s *Slice) lapse(ctx context.Context, tx *command.Tx, c lapse) (struct{}, error) {
	n, err := lock(ctx, tx, c.NodeID)
	if err != nil {
		return struct{}{}, err
	}
	// The agent may have come back while the lock was waited for.
	lapsed, err := pg.One[bool](ctx, tx, stillLapsed, c.NodeID, c.Epoch, s.cfg.Grace.Seconds())
	if err != nil {
		return struct{}{}, fmt.Errorf("check lease: %w", err)
	}
	if !lapsed || (n.Status != Ready && n.Status != Draining) {
		return struct{}{}, fault.New(fault.Conflict, "node.not_lapsed", "The node's agent came back.")
	}
	if err := n.become(Offline); err != nil {
		return struct{}{}, err
	}
	n.Reason = reasonOffline
	save(tx, &n, WentOffline{Epoch: c.Epoch})
	return struct{}{}, nil
}
