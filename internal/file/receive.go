package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// batch is how many pieces are written at once: what an upload takes of memory.
const batch = 8

// forlornAfter is how long an upload may be silent before it is given up. Whoever
// receives one waits much less for its next bytes.
const forlornAfter = 15 * time.Minute

// dropTime bounds the removal of an upload that failed.
const dropTime = 30 * time.Second

// Incoming is a content that is read while it comes.
type Incoming struct {
	ProjectID ident.ID // zero: the caller's default
	Name      string
	Size      int64  // in bytes; negative: not known before it ends
	SHA256    []byte // what the sender says that it is; none: it doesn't say
	Content   io.Reader
}

// begin makes room for an upload that comes in pieces.
type begin struct {
	ProjectID ident.ID
	Name      string
	Size      int64 // negative: not known
	SHA256    []byte
}

// Validate checks the shape.
func (c begin) Validate() error { return checkName(c.Name) }

type begun struct {
	ID   ident.ID // zero: the project has this content
	Most Allowed  // bytes
}

// Receive keeps a content like Upload does, without ever holding it whole: its pieces
// are written as they come, and become a file with the last of them. Whatever ends it
// before leaves nothing; after a crash, housekeeping drops the pieces. Of a content that
// the project has, told by its hash, nothing is read.
func (s *Slice) Receive(ctx context.Context, in Incoming) (Uploading, error) {
	if len(in.SHA256) == 0 && in.Size <= batch*piece {
		return s.receiveSmall(ctx, in)
	}
	return s.receivePieces(ctx, in)
}

// receiveSmall is for what fits into one batch: one transaction keeps it. It may turn out not to.
func (s *Slice) receiveSmall(ctx context.Context, in Incoming) (Uploading, error) {
	content, err := io.ReadAll(io.LimitReader(in.Content, batch*piece+1))
	if err != nil {
		return Uploading{}, endedEarly(err)
	}
	if len(content) <= batch*piece {
		return s.Upload(ctx, Upload{ProjectID: in.ProjectID, Name: in.Name, Content: content})
	}
	in.Content = io.MultiReader(bytes.NewReader(content), in.Content)
	return s.receivePieces(ctx, in)
}

func (s *Slice) receivePieces(ctx context.Context, in Incoming) (done Uploading, err error) {
	// The request's idempotency key is for the file itself.
	keyless := *command.RequestFrom(ctx)
	keyless.IdempotencyKey = ""
	room, err := s.begin(command.WithRequest(ctx, &keyless), begin{ProjectID: in.ProjectID, Name: in.Name, Size: in.Size, SHA256: in.SHA256})
	if err != nil {
		return Uploading{}, err
	}
	if room.ID.IsZero() {
		return s.upload(ctx, Upload{ProjectID: in.ProjectID, Name: in.Name, SHA256: in.SHA256, known: true})
	}
	defer func() {
		if err != nil || done.File.ID != room.ID {
			s.drop(ctx, room.ID)
		}
	}()
	sum := sha256.New()
	size, err := s.write(ctx, room, in.Content, sum)
	if err != nil {
		return Uploading{}, err
	}
	got := sum.Sum(nil)
	if len(in.SHA256) > 0 && !bytes.Equal(got, in.SHA256) {
		return Uploading{}, fault.New(fault.Invalid, "file.hash_mismatch", "What arrived is not what was announced: its SHA-256 is %x. Send the file again.", got).
			At("query.sha256", "is not the hash of the content")
	}
	return s.upload(ctx, Upload{ProjectID: in.ProjectID, Name: in.Name, SHA256: got, begun: room.ID, size: size})
}

// write reads a content to its end and stores its pieces, a batch at a time.
func (s *Slice) write(ctx context.Context, room begun, content io.Reader, sum hash.Hash) (size int64, err error) {
	buffer := make([]byte, batch*piece)
	for seq := 0; ; seq += batch {
		n, ended, err := fill(buffer, content)
		if err != nil {
			return size, endedEarly(err)
		}
		if size += int64(n); size > room.Most.Int() {
			return size, tooLarge(room.Most)
		}
		_, _ = sum.Write(buffer[:n]) // never fails
		var parts [][]byte
		for at := 0; at < n; at += piece {
			parts = append(parts, buffer[at:min(at+piece, n)])
		}
		if len(parts) > 0 {
			tag, err := s.runner.DB.Exec(ctx, insertBatch, room.ID, seq, parts, s.runner.Clock())
			if err != nil {
				return size, fmt.Errorf("store a part of the upload: %w", err)
			}
			if tag.RowsAffected() != int64(len(parts)) {
				return size, errForlorn()
			}
		}
		if ended {
			return size, nil
		}
	}
}

// fill is io.ReadFull that tells an end from one that came too early, which HTTP calls io.ErrUnexpectedEOF.
func fill(buffer []byte, from io.Reader) (n int, ended bool, err error) {
	for n < len(buffer) {
		m, err := from.Read(buffer[n:])
		n += m
		switch {
		case errors.Is(err, io.EOF):
			return n, true, nil
		case err != nil:
			return n, false, err
		}
	}
	return n, false, nil
}

// drop removes what an upload left, also when its caller has gone.
func (s *Slice) drop(ctx context.Context, id ident.ID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
	defer cancel()
	if _, err := s.runner.DB.Exec(ctx, dropBegun, id); err != nil {
		s.runner.Log.Warn("an upload that failed is left to housekeeping", "file_id", id, "error", err)
	}
}

func (s *Slice) beginUpload(ctx context.Context, tx *command.Tx, c begin) (begun, error) {
	most, err := s.limits.Int(ctx, tx, "file.max_bytes", tx.Actor.ID, tx.Scope)
	if err != nil {
		return begun{}, err
	}
	if c.Size > most.Int() {
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
	if err := s.fits(ctx, tx, max(c.Size, 0), ident.ID{}); err != nil {
		return begun{}, err
	}
	id := tx.NewID()
	tx.Defer(insertBegun, id, tx.Scope.Organization, tx.Scope.Project, tx.Actor.ID, c.Name, max(c.Size, 0), tx.Now)
	return begun{ID: id, Most: most}, nil
}

func endedEarly(err error) error {
	if _, told := errors.AsType[*fault.Error](err); told {
		return err
	}
	return fault.New(fault.Invalid, "file.upload_broken", "The content did not arrive whole; nothing was kept. Send the file again.")
}
