package sandbox

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// pieceBytes of a content that is poured are in memory at once.
const pieceBytes = 256 << 10

func isStreamed(f File) bool { return f.From != nil }

// give makes the payload a descriptor, which the caller closes: a sealed memfd, or a pipe where contents are too large to
// be held. done ends what is poured into that, and tells whether a content could not be read.
func (p payload) give() (fd int, done func() error, err error) {
	if !slices.ContainsFunc(p.files, isStreamed) {
		fd, err = p.seal()
		return fd, func() error { return nil }, err
	}
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return -1, nil, fmt.Errorf("make the payload: %w", err)
	}
	_ = unix.SetNonblock(ends[1], true) // so that closing it ends a write
	ours := os.NewFile(uintptr(ends[1]), "payload")
	failed := make(chan error, 1)
	go func() {
		failed <- p.pour(ours)
		ours.Close() // who waits for more learns that there is none
	}()
	return ends[0], func() error {
		ours.Close()
		return <-failed
	}, nil
}

func (p payload) pour(to io.Writer) error {
	b := p.encode()
	if _, err := to.Write(append(binary.NativeEndian.AppendUint64(nil, uint64(len(b))), b...)); err != nil {
		return nil // the process is gone, and says so itself
	}
	return pour(to, p.files)
}

// pour writes the contents that are not in the payload.
func pour(to io.Writer, files []File) error {
	var piece []byte
	for _, f := range files {
		if !isStreamed(f) {
			continue
		}
		if piece == nil {
			piece = make([]byte, pieceBytes)
		}
		for at := int64(0); at < f.Size; {
			n, err := f.From.ReadAt(piece[:min(f.Size-at, pieceBytes)], at)
			if n == 0 {
				return fmt.Errorf("read the content of %s: %w", f.Path, cmp.Or(err, io.ErrNoProgress))
			}
			if _, err := to.Write(piece[:n]); err != nil {
				return nil // as above
			}
			at += int64(n)
		}
	}
	return nil
}
