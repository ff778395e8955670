// Package pieces reads contents that are kept as pieces of one length, one piece at a
// time: what is served never lies in memory whole.
package pieces

import (
	"errors"
	"fmt"
	"io"
)

// Reader reads a content of a known size.
type Reader struct {
	size, piece int64
	read        func(seq int) ([]byte, error)

	at      int64
	seq     int // of current; -1: none
	current []byte
}

// New makes a reader. All pieces but the last have piece bytes; read gives one, counted
// from 0. It does not keep what it gives.
func New(size, piece int64, read func(seq int) ([]byte, error)) *Reader {
	return &Reader{size: size, piece: piece, read: read, seq: -1}
}

// Read implements io.Reader. A piece that is gone is io.ErrUnexpectedEOF.
func (r *Reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if seq := int(r.at / r.piece); seq != r.seq {
		b, err := r.read(seq)
		if err != nil {
			return 0, fmt.Errorf("read piece %d: %w", seq, err)
		}
		if want := min(r.piece, r.size-int64(seq)*r.piece); int64(len(b)) != want {
			return 0, io.ErrUnexpectedEOF // it was deleted meanwhile
		}
		r.seq, r.current = seq, b
	}
	n := copy(p, r.current[r.at-int64(r.seq)*r.piece:])
	r.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	r.at = offset
	return offset, nil
}
