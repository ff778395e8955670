package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// UpdateEgress gives an execution that has network access another list. On one that
// runs, new connections obey it within moments, and existing ones to places that it no
// longer admits are cut. An empty list admits nothing.
type UpdateEgress struct {
	ID    ident.ID `json:"id"`
	Allow []string `json:"allow"`
}

// Validate checks the shape.
func (c UpdateEgress) Validate() error {
	_, err := checkRules(c.Allow)
	return err
}

func (s *Slice) updateEgress(ctx context.Context, tx *command.Tx, in UpdateEgress) (Execution, error) {
	e, _, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	switch {
	case e.Status.Terminal():
		return Execution{}, fault.New(fault.Conflict, "execution.ended", "This execution has ended: %s.", e.Status)
	case !e.Network:
		return Execution{}, fault.New(fault.Conflict, "execution.no_egress",
			"This execution was started without network access, and cannot get it now. Start it with at least one destination.")
	}
	now, err := s.store.Egress(ctx, tx, e.ID)
	if err != nil {
		return Execution{}, err
	}
	// Whoever changes the list, it is the owner's program that connects: the owner's limits count.
	who := Subject{User: e.OwnerID, Project: e.ProjectID, Organization: e.OrganizationID}
	next, err := s.egress(ctx, tx, who, false, in.Allow)
	if err != nil {
		return Execution{}, err
	}
	if next == nil {
		next = &Egress{Allow: []string{}}
	}
	next.Revision = now.Revision + 1
	e.Version++
	s.store.Save(tx.Tx, e)
	s.store.SaveEgress(tx.Tx, e.ID, *next)
	tx.Emit(e.aggregate(), EgressChanged{NodeID: e.NodeID, Revision: next.Revision, Destinations: len(next.Allow)})
	tx.AfterCommit(func() { s.live.ask(askEgress, e.ID) })
	return e, nil
}

// egressOnNode tells the node of the list, if this replica holds its session and the node
// does not obey it yet. Losing the message costs time: it is sent again while the execution runs.
func (s *Slice) egressOnNode(ctx context.Context, e Execution) {
	if !s.placer.holds(e.NodeID) || !e.Network || !e.Status.Active() {
		return
	}
	now, err := s.store.Egress(ctx, s.runner.DB, e.ID)
	if err == nil && now.Revision > 1 && now.Applied < now.Revision { // the first list came with the task
		err = s.nodes.SetEgress(context.WithoutCancel(ctx), e.NodeID, e.ID, e.Attempt, now)
	}
	if err != nil {
		s.log.WarnContext(ctx, "egress list not sent to the node", "execution", e.ID, "node", e.NodeID, "error", err)
	}
}
