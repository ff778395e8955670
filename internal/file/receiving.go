package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// keptFor is how long what broke off is kept for its sender to go on.
const keptFor = time.Hour

// silentAfter is when an upload from which nothing comes is in the way of one that begins anew.
const silentAfter = time.Minute

// tries is how often a part is stored when the database loses the connection.
const tries = 3

// receiving is an upload whose content comes.
type receiving struct {
	*Slice
	room      begun
	announced []byte // none: its sender did not say what it is to become

	sum    hash.Hash
	size   int64 // bytes that are here or were just read
	broken bool  // something else than what was sent is why it ended
}

// read reads a content to its end and stores its pieces, a batch at a time. Of what comes, it skips what is here
// already: what comes begins at offset. It gives the hash of all.
func (r *receiving) read(ctx context.Context, content io.Reader, offset int64) ([]byte, error) {
	var err error
	if r.sum, err = hashOf(r.room.Hashing); err != nil {
		return nil, errOffset(0) // by another version of Go: it begins anew
	}
	r.size = r.room.Received
	if _, err := io.CopyN(io.Discard, content, r.room.Received-offset); err != nil {
		r.broken = true
		return nil, endedEarly(err)
	}
	buffer := make([]byte, batch*piece)
	for {
		n, ended, failed := fill(buffer, content)
		if r.size+int64(n) > r.room.Most.Int() {
			return nil, tooLarge(r.room.Most)
		}
		if failed != nil {
			r.broken = true
			if len(r.announced) > 0 { // what came whole of it needs not come again, though its sender has gone
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
				defer cancel()
				_, _ = r.sum.Write(buffer[:n-n%piece])
				err = r.store(ctx, buffer[:n-n%piece])
			}
			return nil, errors.Join(endedEarly(failed), err)
		}
		if ended {
			return r.last(ctx, buffer[:n])
		}
		_, _ = r.sum.Write(buffer) // never fails
		if err := r.store(ctx, buffer); err != nil {
			return nil, err
		}
	}
}

// last stores the rest if it makes the content what was announced. So an upload's last piece is there only if all are, and right.
func (r *receiving) last(ctx context.Context, rest []byte) ([]byte, error) {
	_, _ = r.sum.Write(rest) // never fails
	got := r.sum.Sum(nil)
	if len(r.announced) > 0 && !bytes.Equal(got, r.announced) {
		return nil, fault.New(fault.Invalid, "file.hash_mismatch", "What arrived is not what was announced: its SHA-256 is %x. Send the file again.", got).
			At("query.sha256", "is not the hash of the content")
	}
	return got, r.store(ctx, rest)
}

// store keeps what was hashed: whole pieces, or the last.
func (r *receiving) store(ctx context.Context, part []byte) error {
	if len(part) == 0 {
		return nil
	}
	var parts [][]byte
	for at := 0; at < len(part); at += piece {
		parts = append(parts, part[at:min(at+piece, len(part))])
	}
	received := r.size + int64(len(part))
	hashed, err := r.hashed()
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err = r.runner.DB.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
			if err := r.askRoom(ctx, tx, received); err != nil {
				return err
			}
			tag, err := tx.Exec(ctx, insertBatch, r.room.ID, r.size/piece, parts, r.runner.Clock(), r.room.Turn, received, hashed)
			if err == nil && tag.RowsAffected() != int64(len(parts)) {
				return errForlorn()
			}
			return err
		})
		if try == tries || !pg.IsRetryable(err) { // nothing was kept, and the part is still here
			break
		}
	}
	if err != nil {
		r.broken = !fault.Is(err, "file.upload_lost") && fault.KindOf(err) != fault.Limited
		return fmt.Errorf("store a part of the upload: %w", err)
	}
	r.size, r.room.Room = received, max(received, r.room.Room)
	crash.Point("file.part_stored")
	return nil
}

// askRoom asks the project for more than it keeps for the upload, whose length was not known.
func (r *receiving) askRoom(ctx context.Context, tx *pg.Tx, received int64) error {
	if received <= r.room.Room {
		return nil
	}
	if _, err := tx.Exec(ctx, lockProject, r.room.Scope.Project); err != nil {
		return fmt.Errorf("lock the project's files: %w", err)
	}
	return r.fits(ctx, tx, r.room.Owner, r.room.Scope, received, r.room.ID)
}

// end is for what did not become a file, also when its caller has gone: the pieces are kept for who can go on, or dropped.
func (r *receiving) end(ctx context.Context, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	statement := dropBegun
	if passes := fault.KindOf(why) == fault.Unavailable; len(r.announced) > 0 && why != nil && (r.broken || passes) {
		statement = keepBroken
	}
	if _, err := r.runner.DB.Exec(ctx, statement, r.room.ID, r.room.Turn); err != nil {
		r.runner.Log.Warn("an upload that failed is left to housekeeping", "file_id", r.room.ID, "error", err)
	}
}

// hashOf is the hash that goes on from a state.
func hashOf(state []byte) (hash.Hash, error) {
	sum := sha256.New()
	if len(state) == 0 {
		return sum, nil
	}
	restored, can := sum.(encoding.BinaryUnmarshaler)
	if !can {
		return nil, errors.New("a hash cannot be restored")
	}
	return sum, restored.UnmarshalBinary(state)
}

// hashed is the state of the hash, for who goes on; nobody can with what was not announced.
func (r *receiving) hashed() ([]byte, error) {
	written, can := r.sum.(encoding.BinaryMarshaler)
	if !can || len(r.announced) == 0 {
		return nil, nil
	}
	b, err := written.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("write down a hash: %w", err)
	}
	return b, nil
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
