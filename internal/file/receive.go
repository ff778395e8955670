package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// batch is how many pieces are written at once: what an upload takes of memory.
const batch = 8

// forlornAfter is how long an upload may be silent before it is given up. Whoever
// receives one waits much less for its next bytes.
const forlornAfter = 15 * time.Minute

// endTime bounds what is done about an upload that failed.
const endTime = 30 * time.Second

// Incoming is a content that is read while it comes.
type Incoming struct {
	ProjectID ident.ID // zero: the caller's default
	Name      string
	Size      int64  // of Content, in bytes; negative: not known before it ends
	SHA256    []byte // what the sender says that it is; none: it doesn't say
	Offset    int64  // bytes of it that were sent before and do not come again; only with SHA256
	Content   io.Reader
}

// Receive keeps a content like Upload does, without ever holding it whole: its pieces
// are written as they come, and become a file with the last of them. What ends before
// leaves nothing, or, if its sender has said what it is to become, its pieces for a while:
// from there the same sender goes on. After a crash housekeeping drops them. Of a content
// that the project has, told by its hash, nothing is read.
func (s *Slice) Receive(ctx context.Context, in Incoming) (Uploading, error) {
	if in.Offset > 0 && len(in.SHA256) == 0 {
		return Uploading{}, fault.New(fault.Invalid, "file.offset", "Only an upload that says its content's hash goes on where it broke off.").
			At("query.offset", "needs sha256")
	}
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
	total := in.Size
	if total >= 0 {
		total += in.Offset
	}
	room, err := s.begin(command.WithRequest(ctx, &keyless), begin{ProjectID: in.ProjectID, Name: in.Name, Size: total, SHA256: in.SHA256, Offset: in.Offset})
	if err != nil {
		return Uploading{}, err
	}
	if room.ID.IsZero() {
		return s.upload(ctx, Upload{ProjectID: in.ProjectID, Name: in.Name, SHA256: in.SHA256, known: true})
	}
	r := &receiving{Slice: s, room: room, announced: in.SHA256}
	defer func() {
		if done.File.ID != room.ID {
			r.end(ctx, err)
		}
	}()
	got, err := r.read(ctx, in.Content, in.Offset)
	if err != nil {
		return Uploading{}, err
	}
	return s.upload(ctx, Upload{ProjectID: in.ProjectID, Name: in.Name, SHA256: got, begun: room.ID, turn: room.Turn, size: r.size})
}

func endedEarly(err error) error {
	if _, told := errors.AsType[*fault.Error](err); told {
		return err
	}
	return fault.New(fault.Invalid, "file.upload_broken", "The content did not arrive whole. Send it again; with its sha256 announced, from where it broke off.")
}
