package node

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// List asks for every node that is not retired, by name.
type List struct{}

// Get asks for one node, retired or not.
type Get struct{ NodeID ident.ID }

func (s *Slice) list(ctx context.Context, q command.Query, _ List) ([]Node, error) {
	nodes, err := pg.All[Node](ctx, q, selectNodes)
	if err != nil {
		return nil, fmt.Errorf("read nodes: %w", err)
	}
	return nodes, nil
}

func (s *Slice) get(ctx context.Context, q command.Query, in Get) (Node, error) {
	n, err := pg.One[Node](ctx, q, selectNode, in.NodeID)
	if err != nil {
		return Node{}, fmt.Errorf("read node: %w", command.NotFoundIfNoRows(err))
	}
	return n, nil
}

func noScope[Q any](context.Context, pg.Querier, command.Actor, Q) (command.Scope, error) {
	return command.Scope{}, nil
}
