package command

import (
	"context"
	"errors"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Presumption is how an actor is made certain whom the edge only remembers: from the
// last time that the same credential was shown. It asks with the transaction's next
// statement, which saves the round trip, and gives who holds the credential now, and
// whether that is who was remembered.
type Presumption func(tx *pg.Tx) func(ctx context.Context) (now Actor, same bool, err error)

// errPresumedWrongly makes the transaction start again with the actor that is certain.
var errPresumedWrongly = errors.New("the caller is not who was remembered")

// certain ends a presumption: nothing is told to the caller before it, and nothing kept.
func (tx *Tx) certain(ctx context.Context) error {
	if tx.presumed == nil {
		return nil
	}
	now, same, err := tx.presumed(ctx)
	if err != nil {
		return err
	}
	tx.presumed, tx.request.Presumed = nil, nil
	if !same {
		tx.request.Actor = now
		return errPresumedWrongly
	}
	return nil
}

// certainly returns the caller of a query, which has no statement to ask with.
func (r *Runner) certainly(ctx context.Context, req *Request) (Actor, error) {
	if req.Presumed == nil {
		return req.Actor, nil
	}
	err := r.DB.InTx(ctx, func(ctx context.Context, ptx *pg.Tx) error {
		tx := &Tx{Tx: ptx, request: req, presumed: req.Presumed(ptx)}
		if err := tx.certain(ctx); !errors.Is(err, errPresumedWrongly) {
			return err
		}
		return nil
	})
	return req.Actor, err
}
