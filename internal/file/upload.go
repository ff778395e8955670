package file

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Upload keeps a content in a project.
type Upload struct {
	ProjectID ident.ID `json:"project_id"` // zero: the caller's default
	Name      string   `json:"name"`
	Content   []byte   `json:"-"`
	SHA256    []byte   `json:"sha256"` // stands for the content where a repeated request is recognised

	known bool     // the project had it a moment ago, so that there is no Content
	begun ident.ID // in place of Content: the upload whose pieces are there
	turn  int      // of begun: the connection that sent them
	size  int64    // of begun, in bytes
}

// Validate checks the shape.
func (c Upload) Validate() error { return checkName(c.Name) }

// Uploading is the answer to an upload.
type Uploading struct {
	File File
	New  bool // false: the project had this content already
}

// Upload keeps a content, or finds that the project has it: then the file that is
// there is the answer, under its first name, and its retention begins anew.
func (s *Slice) Upload(ctx context.Context, in Upload) (Uploading, error) {
	in.SHA256, in.size = digest(in.Content), int64(len(in.Content))
	return s.upload(ctx, in)
}

func (s *Slice) uploadFile(ctx context.Context, tx *command.Tx, c Upload) (Uploading, error) {
	if err := s.allowed(ctx, tx, c.size); err != nil {
		return Uploading{}, err
	}
	if _, err := tx.Exec(ctx, lockProject, tx.Scope.Project); err != nil {
		return Uploading{}, fmt.Errorf("lock the project's files: %w", err)
	}
	same, err := pg.One[File](ctx, tx, lockSame, tx.Scope.Project, c.SHA256)
	switch {
	case err == nil:
		same.UploadedAt = tx.Now
		aggregate := same.changed()
		tx.Defer(touchOne, same.ID, same.Version, same.UploadedAt)
		tx.Emit(aggregate, Uploaded{Size: same.Size})
		return Uploading{File: same}, nil
	case !errors.Is(err, pgx.ErrNoRows):
		return Uploading{}, fmt.Errorf("look for the same content: %w", err)
	}
	if c.known {
		return Uploading{}, fault.New(fault.Conflict, "file.upload_lost", "The project had this content until a moment ago. Send the file again.")
	}
	if err := s.fits(ctx, tx, tx.Actor.ID, tx.Scope, c.size, c.begun); err != nil {
		return Uploading{}, err
	}
	if !c.begun.IsZero() {
		return finish(ctx, tx, c)
	}
	n := File{
		ID: tx.NewID(), OrganizationID: tx.Scope.Organization, ProjectID: tx.Scope.Project, OwnerID: tx.Actor.ID,
		Name: c.Name, Size: c.size, SHA256: c.SHA256, CreatedAt: tx.Now, UploadedAt: tx.Now,
	}
	aggregate := n.changed()
	tx.Defer(insertOne, n.ID, n.Version, n.OrganizationID, n.ProjectID, n.OwnerID, n.Name, n.Size, n.SHA256, n.CreatedAt, n.UploadedAt)
	seq := 0
	for part := range slices.Chunk(c.Content, piece) {
		tx.Defer(insertPiece, n.ID, seq, part)
		seq++
	}
	tx.Emit(aggregate, Uploaded{Size: n.Size})
	return Uploading{File: n, New: true}, nil
}

// finish makes what was begun a file: its pieces are there.
func finish(ctx context.Context, tx *command.Tx, c Upload) (Uploading, error) {
	done, err := pg.One[File](ctx, tx, finishOne, c.begun, 1, c.size, c.SHA256, tx.Now, c.turn)
	if errors.Is(err, pgx.ErrNoRows) {
		return Uploading{}, errForlorn()
	}
	if err != nil {
		return Uploading{}, fmt.Errorf("finish the upload: %w", err)
	}
	done.Version = 0
	tx.Emit(done.changed(), Uploaded{Size: done.Size})
	return Uploading{File: done, New: true}, nil
}

func errForlorn() error {
	return fault.New(fault.Conflict, "file.upload_lost", "The upload took too long between two of its parts and was given up, or goes on over another connection. Send the file again.")
}

// allowed checks what one file may have.
func (s *Slice) allowed(ctx context.Context, tx *command.Tx, size int64) error {
	most, err := s.limits.Int(ctx, tx, "file.max_bytes", tx.Actor.ID, tx.Scope)
	if err != nil {
		return err
	}
	if size > most.Int() {
		return tooLarge(most)
	}
	return nil
}

func tooLarge(most command.Allowed) error {
	return most.Refuse("file.too_large", "The file has more than the %d bytes that are allowed.", most.Int())
}

// fits checks what the project may keep altogether. What is being uploaded counts, but for begun itself.
func (s *Slice) fits(ctx context.Context, q pg.Querier, owner ident.ID, scope command.Scope, size int64, begun ident.ID) error {
	most, err := s.limits.Int(ctx, q, "file.project.max_bytes", owner, scope)
	if err != nil {
		return err
	}
	have, err := pg.One[int64](ctx, q, sumProject, scope.Project, begun)
	if err != nil {
		return fmt.Errorf("count the project's bytes: %w", err)
	}
	if have+size > most.Int() {
		return most.Refuse("file.project_full", "This project's files have %d bytes; %d more would exceed the %d that are allowed. Delete some, or ask for more.",
			have, size, most.Int())
	}
	return nil
}
