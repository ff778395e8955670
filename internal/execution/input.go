package execution

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// GiveInput writes to the standard input of an interactive execution, once: with an idempotency
// key, the same bytes are not written again.
type GiveInput struct {
	ID     ident.ID `json:"id"`
	Bytes  []byte   `json:"-"`
	Digest string   `json:"digest"` // of Bytes, which nothing stores
	Size   int      `json:"size"`
	Close  bool     `json:"close"` // after the bytes, the input ends

	fresh *bool // set when this is not the repetition of an earlier request
}

// Given is what became of it.
type Given struct {
	Bytes int `json:"bytes"` // that the program will get
}

// givePatience is how long one request waits for a program that has not started, or does not read.
const givePatience = 10 * time.Second

// GiveInput writes, waiting a while for a program that has not started yet or does not read.
func (s *Slice) GiveInput(ctx context.Context, in GiveInput) (Given, error) {
	sum := sha256.Sum256(in.Bytes)
	in.Digest, in.Size, in.fresh = hex.EncodeToString(sum[:]), len(in.Bytes), new(bool)
	given, err := s.giveInput(ctx, in)
	if err != nil || !*in.fresh {
		return given, err
	}
	ctx, cancel := context.WithTimeout(ctx, givePatience)
	defer cancel()
	taken, err := s.WriterTo(in.ID).Write(ctx, node.Input{Bytes: in.Bytes, End: in.Close})
	return Given{taken}, err
}

func (s *Slice) acceptInput(ctx context.Context, tx *command.Tx, in GiveInput) (Given, error) {
	e, err := s.store.Get(ctx, tx, in.ID)
	if err != nil {
		return Given{}, command.NotFoundIfNoRows(err)
	}
	if err := e.takesInput(); err != nil {
		return Given{}, err
	}
	*in.fresh = true
	tx.Audit(Kind, e.ID, struct {
		Bytes int  `json:"bytes"`
		Close bool `json:"close"`
	}{in.Size, in.Close})
	return Given{in.Size}, nil
}

// Writer writes to one execution. It is for one goroutine: so what it writes keeps its order.
type Writer struct {
	slice *Slice
	id    ident.ID
	e     Execution // as it was last read; zero: not yet
}

// WriterTo makes a writer. Whether the caller may write was decided before.
func (s *Slice) WriterTo(id ident.ID) *Writer { return &Writer{slice: s, id: id} }

// Pauses between tries while a program has not started, or does not read.
const (
	firstPause = 2 * time.Millisecond
	lastPause  = 200 * time.Millisecond
)

// Write gives in to the program, however long that takes, until ctx ends. It returns how many bytes
// the program will get. After an error that is not “lost” the others have not been sent and never will be.
func (w *Writer) Write(ctx context.Context, in node.Input) (written int, err error) {
	waiting := "has not started"
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		if w.e.Status == "" || !w.e.Status.Active() {
			if w.e, err = w.slice.store.Get(ctx, w.slice.runner.DB, w.id); err != nil {
				if ctx.Err() != nil {
					return written, errInputFull(written, waiting)
				}
				return written, command.NotFoundIfNoRows(err)
			}
			if err := w.e.takesInput(); err != nil {
				return written, err
			}
		}
		if w.e.Status.Active() {
			part, more := piece(in)
			answer := w.slice.send(ctx, w.e, part)
			written += answer.taken
			in.Bytes = in.Bytes[answer.taken:]
			switch answer.state {
			case node.InputOpen:
				if !more {
					return written, nil
				}
				pause = firstPause / 2
				continue
			case node.InputClosed:
				return written, fault.New(fault.Conflict, "execution.input_closed", "The program's input has been closed, or it reads no more.")
			case inputLost:
				return written, fault.New(fault.Conflict, "execution.input_lost",
					"The node lost contact just then. It is not known whether the program got what was written last.")
			case node.InputFull:
				waiting = "does not read"
			default: // not there yet, no longer, or not reached: the row says which
				waiting = "has not started"
				w.e.Status = ""
			}
			if answer.taken > 0 {
				pause = firstPause
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return written, errInputFull(written, waiting)
		case <-timer.C:
		}
	}
}

// maxPiece is the most that is sent at once, in bytes.
const maxPiece = 32 << 10

// piece is what of in is sent next, and whether more follows.
func piece(in node.Input) (next node.Input, more bool) {
	if len(in.Bytes) <= maxPiece {
		return in, false
	}
	in.Bytes, in.End = in.Bytes[:maxPiece], false
	return in, true
}

func errInputFull(written int, waiting string) error {
	return fault.New(fault.Conflict, "execution.input_full",
		"The program %s; %d bytes were written, and the others were not and will not be. Write them again later.", waiting, written)
}
