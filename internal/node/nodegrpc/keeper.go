package nodegrpc

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Run renews leases until ctx ends or the server has stopped.
func (s *Server) Run(ctx context.Context) error {
	tick := time.NewTicker(s.timing.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.stopped:
			return nil
		case <-tick.C:
		case <-s.kick:
		}
		s.renew(ctx)
	}
}

// renew renews the leases of all agents that were heard, and ends the sessions that no longer hold.
func (s *Server) renew(ctx context.Context) {
	asked := s.now()
	sessions := map[ident.ID]*session{}
	var held []node.Held
	for _, x := range s.all() {
		if x.ctx.Err() != nil {
			continue
		}
		if asked-time.Duration(x.heard.Load()) > s.timing.Lease {
			x.stop(errSilent)
			continue
		}
		sessions[x.info.NodeID] = x
		held = append(held, node.Held{NodeID: x.info.NodeID, Epoch: x.info.Epoch, Running: int(x.load.Load())})
	}
	ctx, cancel := context.WithTimeout(ctx, s.timing.Lease/3)
	defer cancel()
	renewed, err := s.Slice.RenewLeases(ctx, held)
	if err != nil {
		s.Log.ErrorContext(ctx, "leases not renewed", "sessions", len(held), "error", err)
		for _, x := range sessions {
			if s.now()-time.Duration(x.renewed.Load()) > s.timing.Lease {
				x.stop(errLapsed)
			}
		}
		return
	}
	for _, r := range renewed {
		x := sessions[r.NodeID]
		delete(sessions, r.NodeID)
		x.renewed.Store(int64(asked))
		x.want(r.Cordoned, r.Draining)
	}
	for _, x := range sessions {
		x.stop(errLost)
	}
}
