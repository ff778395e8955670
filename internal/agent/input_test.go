package agent

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestInputKeepsOrderAndItsBound(t *testing.T) {
	in := newInput([]byte("first "))
	if taken, state := in.offer([]byte("second"), false); taken != 6 || state != inputOpen {
		t.Fatalf("took %d, %q", taken, state)
	}
	b := make([]byte, 64)
	if n, err := in.Read(b); err != nil || string(b[:n]) != "first second" {
		t.Fatalf("read %q, %v", b[:n], err)
	}
	// Nobody reads: what finds no room is left with the sender, and nothing of it is taken.
	if taken, state := in.offer(make([]byte, maxInput+10), true); taken != maxInput || state != inputFull {
		t.Fatalf("took %d, %q", taken, state)
	}
	if taken, state := in.offer([]byte("x"), false); taken != 0 || state != inputFull {
		t.Fatalf("took %d, %q", taken, state)
	}
	if n, err := io.ReadFull(in, make([]byte, maxInput)); err != nil {
		t.Fatalf("read %d, %v", n, err)
	}
	if taken, state := in.offer([]byte("last"), true); taken != 4 || state != inputOpen {
		t.Fatalf("took %d, %q", taken, state)
	}
	if _, state := in.offer([]byte("more"), false); state != inputClosed {
		t.Fatalf("after its end: %q", state)
	}
	if rest, err := io.ReadAll(in); err != nil || string(rest) != "last" {
		t.Fatalf("read %q, %v", rest, err)
	}
}

func TestInputEndsAWaitingRead(t *testing.T) {
	in := newInput(nil)
	read := make(chan error)
	go func() {
		_, err := in.Read(make([]byte, 1))
		read <- err
	}()
	_ = in.Close()
	if err := <-read; !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	if taken, state := in.offer([]byte("x"), false); taken != 0 || state != inputClosed {
		t.Errorf("took %d, %q", taken, state)
	}
	if b, err := io.ReadAll(in); err != nil || !bytes.Equal(b, nil) {
		t.Errorf("read %q, %v", b, err)
	}
}
