package pieces_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stoa-cloud/stoa/internal/platform/pieces"
)

func TestReaderIsOneForEverySize(t *testing.T) {
	t.Parallel()
	for size := range 40 {
		content := bytes.Repeat([]byte("0123456789"), 4)[:size]
		r := pieces.New(int64(size), 16, func(seq int) ([]byte, error) { return content[seq*16 : min(size, seq*16+16)], nil })
		if err := iotest.TestReader(r, content); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestReaderTellsWhatIsGone(t *testing.T) {
	t.Parallel()
	gone := pieces.New(20, 16, func(seq int) ([]byte, error) {
		if seq == 0 {
			return make([]byte, 16), nil
		}
		return nil, nil
	})
	if n, err := io.Copy(io.Discard, gone); n != 16 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d, %v", n, err)
	}
}
