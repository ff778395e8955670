package stream

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// SSE says how Server-Sent Events are written; zero fields mean the defaults.
type SSE struct {
	Heartbeat  time.Duration // a comment when nothing else was written; default 15 s
	Retry      time.Duration // how long a cut-off browser waits before it resumes; default 2 s
	WriteLimit time.Duration // how long one write may take; default 10 s
}

const (
	heartbeat  = 15 * time.Second
	retry      = 2 * time.Second
	writeLimit = 10 * time.Second
)

// ServeSSE writes a subscription's frames until it ends, the client goes away or
// becomes too slow to write to, and closes it. Frames that wait together are
// written and flushed together. The error says why it ended, for logs; nil is
// the source's end or the client's.
//
// w may be wrapped, as long as its wrappers have Unwrap.
func ServeSSE(w http.ResponseWriter, r *http.Request, sub *Subscription, how SSE) error {
	defer sub.Close()
	how.Heartbeat = orElse(how.Heartbeat, heartbeat)
	how.Retry = orElse(how.Retry, retry)
	how.WriteLimit = orElse(how.WriteLimit, writeLimit)

	out := &sseWriter{w: w, control: http.NewResponseController(w), limit: how.WriteLimit}
	_ = out.control.SetReadDeadline(time.Time{}) // a server-wide one would end the stream
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold frames back
	header.Del("Content-Length")
	w.WriteHeader(http.StatusOK)
	out.buffer = fmt.Appendf(nil, "retry: %d\n\n", how.Retry.Milliseconds())
	if err := out.flush(); err != nil {
		return ended(r, err)
	}
	beat := time.NewTimer(how.Heartbeat)
	defer beat.Stop()
	for {
		beat.Reset(how.Heartbeat)
		select {
		case <-r.Context().Done():
			return nil
		case <-beat.C:
			out.buffer = append(out.buffer, ": still here\n\n"...)
			if err := out.flush(); err != nil {
				return ended(r, err)
			}
		case f, open := <-sub.C:
			open = out.burst(f, open, sub.C)
			if err := out.flush(); err != nil {
				return ended(r, err)
			}
			if !open {
				return sub.Err()
			}
		}
	}
}

// ended hides the error of a write to somebody who has left.
func ended(r *http.Request, err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ErrSlow
	}
	if r.Context().Err() != nil {
		return nil
	}
	return fmt.Errorf("write event stream: %w", err)
}

type sseWriter struct {
	w       io.Writer
	control *http.ResponseController
	limit   time.Duration
	buffer  []byte
}

// maxBurst bounds the buffer that a connection holds, in bytes.
const maxBurst = 64 << 10

// burst takes a frame and what waits behind it, and tells whether the source is still open.
func (s *sseWriter) burst(f Frame, open bool, more <-chan Frame) bool {
	for open {
		if f.wire != nil {
			s.buffer = append(s.buffer, f.wire...)
		} else {
			s.buffer = f.append(s.buffer)
		}
		if len(s.buffer) >= maxBurst {
			return true
		}
		select {
		case f, open = <-more:
		default:
			return true
		}
	}
	return false
}

// flush writes the buffer under a deadline, which it takes away again: on HTTP/2
// a deadline that passes between two writes would end the stream.
func (s *sseWriter) flush() error {
	if len(s.buffer) == 0 {
		return nil
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(s.limit)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	_, err := s.w.Write(s.buffer)
	s.buffer = s.buffer[:0]
	if cap(s.buffer) > maxBurst {
		s.buffer = nil
	}
	if err != nil {
		return err
	}
	if err := s.control.Flush(); err != nil {
		return err
	}
	if err := s.control.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
