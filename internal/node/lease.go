package node

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Held is a session whose agent this replica heard within the lease.
type Held struct {
	NodeID  ident.ID
	Epoch   int64
	Running int
}

// Renewal is a session whose lease was renewed, with what people want of its node.
type Renewal struct {
	NodeID   ident.ID `db:"node_id"`
	Epoch    int64    `db:"epoch"`
	Cordoned bool     `db:"cordoned"`
	Draining bool     `db:"draining"`
}

// RenewLeases renews the leases of a replica's sessions in one statement. A session
// that does not come back has been superseded, has lapsed, or its node is removed:
// the replica must let go of it.
//
// It is no command: it happens every few seconds for every node, and nothing that
// anybody decided follows from it.
func (s *Slice) RenewLeases(ctx context.Context, held []Held) ([]Renewal, error) {
	if len(held) == 0 {
		return nil, nil
	}
	nodes, epochs, running := make([]string, len(held)), make([]int64, len(held)), make([]int32, len(held))
	for i, h := range held {
		nodes[i], epochs[i], running[i] = h.NodeID.String(), h.Epoch, int32(h.Running) //nolint:gosec // a count of tasks
	}
	renewed, err := pg.All[Renewal](ctx, s.db, renewSessions, nodes, epochs, running, s.cfg.Lease.Seconds(), s.cfg.Grace.Seconds())
	if err != nil {
		return nil, fmt.Errorf("renew leases: %w", err)
	}
	return renewed, nil
}

// EndSession lets the session lapse at once, because its agent said that it stops
// and runs nothing.
func (s *Slice) EndSession(ctx context.Context, node ident.ID, epoch int64) error {
	if _, err := s.db.Exec(ctx, endSession, node, epoch, s.cfg.Grace.Seconds()); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}
