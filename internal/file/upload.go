package file

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Upload keeps a content in a project.
type Upload struct {
	ProjectID ident.ID `json:"project_id"` // zero: the caller's default
	Name      string   `json:"name"`
	Content   []byte   `json:"-"`
	SHA256    []byte   `json:"sha256"` // stands for the content where a repeated request is recognised
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
	in.SHA256 = digest(in.Content)
	return s.upload(ctx, in)
}

func (s *Slice) uploadFile(ctx context.Context, tx *command.Tx, c Upload) (Uploading, error) {
	size := int64(len(c.Content))
	most, err := s.limits.Int(ctx, tx, "file.max_bytes", tx.Actor.ID, tx.Scope)
	if err != nil {
		return Uploading{}, err
	}
	if size > most.Int() {
		return Uploading{}, most.Refuse("file.too_large", "The file has %d bytes; at most %d are allowed.", size, most.Int())
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
		tx.Emit(aggregate, Uploaded{Size: size})
		return Uploading{File: same}, nil
	case !errors.Is(err, pgx.ErrNoRows):
		return Uploading{}, fmt.Errorf("look for the same content: %w", err)
	}
	if err := s.fits(ctx, tx, size); err != nil {
		return Uploading{}, err
	}
	n := File{
		ID: tx.NewID(), OrganizationID: tx.Scope.Organization, ProjectID: tx.Scope.Project, OwnerID: tx.Actor.ID,
		Name: c.Name, Size: size, SHA256: c.SHA256, CreatedAt: tx.Now, UploadedAt: tx.Now,
	}
	aggregate := n.changed()
	tx.Defer(insertOne, n.ID, n.Version, n.OrganizationID, n.ProjectID, n.OwnerID, n.Name, n.Size, n.SHA256, n.CreatedAt, n.UploadedAt)
	seq := 0
	for part := range slices.Chunk(c.Content, piece) {
		tx.Defer(insertPiece, n.ID, seq, part)
		seq++
	}
	tx.Emit(aggregate, Uploaded{Size: size})
	return Uploading{File: n, New: true}, nil
}

// fits checks what the project may keep altogether.
func (s *Slice) fits(ctx context.Context, tx *command.Tx, size int64) error {
	most, err := s.limits.Int(ctx, tx, "file.project.max_bytes", tx.Actor.ID, tx.Scope)
	if err != nil {
		return err
	}
	have, err := pg.One[int64](ctx, tx, sumProject, tx.Scope.Project)
	if err != nil {
		return fmt.Errorf("count the project's bytes: %w", err)
	}
	if have+size > most.Int() {
		return most.Refuse("file.project_full", "This project's files have %d bytes; %d more would exceed the %d that are allowed. Delete some, or ask for more.",
			have, size, most.Int())
	}
	return nil
}
