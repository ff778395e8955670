package node

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Open opens a session of the calling node with a replica.
type Open struct {
	Replica      ident.ID
	Address      string // where the agent dialled from
	AgentVersion string
	OS, Arch     string
	Cores        int
	MemoryBytes  int64
	Slots        int
	Runtimes     []Runtime
	Enforcement  []Enforcement
	Running      int
}

// Opened is the session, which holds until one with a higher epoch is opened.
type Opened struct {
	Name     string
	Epoch    int64
	Cordoned bool
	Draining bool
}

func (s *Slice) open(ctx context.Context, tx *command.Tx, c Open) (Opened, error) {
	n, err := lock(ctx, tx, tx.Actor.ID)
	if err != nil {
		return Opened{}, err
	}
	if n.Status == Retired {
		return Opened{}, errRemoved()
	}
	epoch, err := pg.One[int64](ctx, tx, openSession, n.ID, c.Replica, s.cfg.Lease.Seconds(), c.Running)
	if err != nil {
		return Opened{}, fmt.Errorf("open session: %w", err)
	}
	tx.Defer(updateFacts, n.ID, c.Address, c.AgentVersion, c.OS, c.Arch, c.Cores, c.MemoryBytes, c.Slots, array(c.Runtimes), array(c.Enforcement))
	before, reason := n.Status, n.Reason
	if err := n.become(n.awake()); err != nil {
		return Opened{}, err
	}
	n.Reason = whyIdle(n, c)
	if n.Status != before || n.Reason != reason {
		save(tx, &n, CameReady{Epoch: epoch, Slots: c.Slots})
	}
	return Opened{Name: n.Name, Epoch: epoch, Cordoned: n.Cordoned, Draining: n.draining()}, nil
}

// whyIdle tells people why a node that is there takes no work.
func whyIdle(n Node, c Open) string {
	if n.DrainedAt != nil {
		return reasonDrained
	}
	if c.Slots > 0 {
		return ""
	}
	var missing []string
	for _, e := range c.Enforcement {
		if !e.OK {
			missing = append(missing, e.Name+": "+e.How)
		}
	}
	return "It runs no code, because this host cannot isolate programs. " + strings.Join(missing, "; ")
}

// array is the JSON array of a column: an absent list is an empty one.
func array[T any](some []T) string {
	if len(some) == 0 {
		return "[]"
	}
	text, err := json.Marshal(some)
	if err != nil {
		panic(fmt.Sprintf("node: %T does not survive JSON: %v", some, err))
	}
	return string(text)
}
