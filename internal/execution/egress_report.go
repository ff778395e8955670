package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// egressReport stores which list a node obeys, and what it refused. It changes nothing
// that anybody decides on, so it is no event.
type egressReport struct {
	ID      ident.ID          `json:"id"`
	Attempt int               `json:"attempt"`
	Report  node.EgressReport `json:"-"`
}

func (s *Slice) reportEgress(ctx context.Context, tx *command.Tx, in egressReport) (struct{}, error) {
	e, _, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return struct{}{}, command.NotFoundIfNoRows(err)
	}
	if !e.Status.Active() || e.Attempt != in.Attempt || e.NodeID != tx.Actor.ID || !e.Network {
		return struct{}{}, errStale()
	}
	s.store.SaveEgressReport(tx.Tx, e.ID, in.Report)
	return struct{}{}, nil
}
