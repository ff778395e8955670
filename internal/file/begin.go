package file

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// begin makes room for an upload that comes in pieces, or goes on with one that broke off.
type begin struct {
	ProjectID ident.ID
	Name      string
	Size      int64  // of the whole content, in bytes; negative: not known
	SHA256    []byte // none: not known
	Offset    int64  // bytes that were sent before; 0: it begins
}

// Validate checks the shape.
func (c begin) Validate() error { return checkName(c.Name) }

type begun struct {
	ID   ident.ID        // zero: the project has this content
	Most command.Allowed // bytes

	Room  int64 // bytes that the project keeps for it; more is asked for as it comes
	Owner ident.ID
	Scope command.Scope

	Received int64  // bytes that are here, at least those that were sent before
	Hashing  []byte // the state of their hash; none: of nothing
	Turn     int    // which connection this is
}

func (s *Slice) beginUpload(ctx context.Context, tx *command.Tx, c begin) (begun, error) {
	most, err := s.limits.Int(ctx, tx, "file.max_bytes", tx.Actor.ID, tx.Scope)
	if err != nil {
		return begun{}, err
	}
	if max(c.Size, c.Offset) > most.Int() {
		return begun{}, tooLarge(most)
	}
	if _, err := tx.Exec(ctx, lockProject, tx.Scope.Project); err != nil {
		return begun{}, fmt.Errorf("lock the project's files: %w", err)
	}
	if len(c.SHA256) > 0 {
		_, err := pg.One[File](ctx, tx, lockSame, tx.Scope.Project, c.SHA256)
		if !errors.Is(err, pgx.ErrNoRows) {
			return begun{}, err
		}
	}
	if c.Offset > 0 {
		return s.goOn(ctx, tx, c, most)
	}
	if len(c.SHA256) > 0 { // who begins anew needs no room for what was sent before
		if _, err := tx.Exec(ctx, dropLeft, tx.Scope.Project, tx.Actor.ID, c.SHA256, tx.Now.Add(-silentAfter)); err != nil {
			return begun{}, fmt.Errorf("drop what was sent before: %w", err)
		}
	}
	if err := s.fits(ctx, tx, tx.Actor.ID, tx.Scope, max(c.Size, 0), ident.ID{}); err != nil {
		return begun{}, err
	}
	id := tx.NewID()
	tx.Defer(insertBegun, id, tx.Scope.Organization, tx.Scope.Project, tx.Actor.ID, c.Name, max(c.Size, 0), tx.Now, orNull(c.SHA256))
	return begun{ID: id, Most: most, Room: max(c.Size, 0), Owner: tx.Actor.ID, Scope: tx.Scope}, nil
}

// left is what an upload that broke off left.
type left struct {
	ID       ident.ID `db:"id"`
	Received int64    `db:"received"`
	Hashing  []byte   `db:"hashing"`
}

// goOn takes over what the caller sent of this content before. Whatever connection still sends it writes no more.
func (s *Slice) goOn(ctx context.Context, tx *command.Tx, c begin, most command.Allowed) (begun, error) {
	found, err := pg.OneOrZero[left](ctx, tx, lockLeft, tx.Scope.Project, tx.Actor.ID, c.SHA256)
	if err != nil {
		return begun{}, fmt.Errorf("look for what was sent before: %w", err)
	}
	if found.Received < c.Offset {
		return begun{}, errOffset(found.Received)
	}
	size := max(c.Size, found.Received)
	if err := s.fits(ctx, tx, tx.Actor.ID, tx.Scope, size, found.ID); err != nil {
		return begun{}, err
	}
	turn, err := pg.One[int](ctx, tx, takeTurn, found.ID, c.Name, size, tx.Now)
	if err != nil {
		return begun{}, fmt.Errorf("take over the upload: %w", err)
	}
	return begun{ID: found.ID, Most: most, Room: size, Owner: tx.Actor.ID, Scope: tx.Scope, Received: found.Received, Hashing: found.Hashing, Turn: turn}, nil
}

func errOffset(received int64) error {
	return fault.New(fault.Conflict, "file.upload_offset", "Of this content %d bytes are here: send it from there on.", received).
		At("query.offset", fmt.Sprintf("is more than %d", received))
}

// orNull keeps what is not known from being an empty text of bytes.
func orNull(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// Received asks how much of a content is here: all of it, or what the caller sent before it broke off.
type Received struct {
	ProjectID ident.ID // zero: the caller's default
	SHA256    []byte
}

func (s *Slice) received(ctx context.Context, q command.Query, in Received) (int64, error) {
	bytes, err := pg.One[int64](ctx, q, selectReceived, q.Scope.Project, q.Actor.ID, in.SHA256)
	if err != nil {
		return 0, fmt.Errorf("look for what was sent before: %w", err)
	}
	return bytes, nil
}
