package judge0

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// About tells how the callback of an execution fares, if one was asked for. It asks for nobody's permission: whoever may
// see the execution may see it, but for the address, of which it tells the host.
func (s *Slice) About(ctx context.Context, q pg.Querier, id ident.ID) ([]execution.Delivery, error) {
	c, err := pg.One[Callback](ctx, q, selectCallback, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read callback: %w", err)
	}
	d := execution.Delivery{
		ID: id, Kind: execution.DeliveryCallback, Status: string(c.Status), Attempts: c.Attempts, Reason: c.Reason,
		StatusCode: c.StatusCode, TriedAt: c.TriedAt, NextAt: c.NextAt, EndedAt: c.EndedAt,
	}
	if address, err := s.keys.Open(c.URL, purpose(id)); err == nil { // without its key it can't be shown, nor called
		if u, err := url.Parse(address.Reveal()); err == nil {
			d.Host = u.Host
		}
	}
	return []execution.Delivery{d}, nil
}
