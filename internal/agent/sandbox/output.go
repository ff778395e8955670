package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// sink takes a run's output: it keeps the first limit bytes, counts all, and gives the alarm past the hard limit.
type sink struct {
	out   func(Stream, []byte)
	alarm func() // called once; must not block

	mu        sync.Mutex
	left      int64 // still to be kept
	hard      int64 // still to be suffered
	total     [3]int64
	truncated bool
	recording *recording
}

// recording is what was taken from some moment on, until it is more than most.
type recording struct {
	words []spoken
	left  int
}

// record keeps what comes from now on, up to most bytes. The function that it returns ends that, and tells whether all is there.
func (s *sink) record(most int) (end func() (words []spoken, whole bool)) {
	r := &recording{left: most}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recording = r
	return func() ([]spoken, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.recording = nil
		return r.words, r.left >= 0
	}
}

func newSink(limit int64, out func(Stream, []byte), alarm func()) *sink {
	if out == nil {
		out = func(Stream, []byte) {}
	}
	return &sink{out: out, alarm: alarm, left: limit, hard: limit * outputHardFactor}
}

// take holds the lock while it calls out: what the caller sees is one sequence.
func (s *sink) take(stream Stream, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total[stream] += int64(len(p))
	if r := s.recording; r != nil {
		if r.left -= len(p); r.left >= 0 {
			r.words = append(r.words, spoken{stream, bytes.Clone(p)})
		}
	}
	if s.hard > 0 {
		if s.hard -= int64(len(p)); s.hard <= 0 {
			s.alarm()
		}
	}
	if keep := min(s.left, int64(len(p))); keep < int64(len(p)) {
		s.truncated = true
		p = p[:keep]
	}
	if len(p) > 0 {
		s.left -= int64(len(p))
		s.out(stream, p)
	}
}

// pipes are the three standard streams of one process: our ends, and theirs until they are handed over. Where they are a
// terminal, in and out are its one other end, and err is nil.
type pipes struct {
	in, out, err *os.File
	theirs       [3]int
	terminal     *Terminal // nil: pipes
	readers      sync.WaitGroup
}

// newPipes makes them, owned by the guest's host uid: else it could not open /dev/stdin and the like anew.
func newPipes(owner int) (*pipes, error) {
	p := &pipes{theirs: [3]int{-1, -1, -1}}
	for i := range p.theirs {
		var fds [2]int
		if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
			p.close()
			return nil, fmt.Errorf("make a pipe: %w", err)
		}
		ours, theirs := 0, 1
		if i == 0 {
			ours, theirs = 1, 0
		}
		p.theirs[i] = fds[theirs]
		// Only our end: the guest's must block, as programs expect.
		err := unix.SetNonblock(fds[ours], true)
		file := os.NewFile(uintptr(fds[ours]), "pipe")
		switch i {
		case 0:
			p.in = file
		case 1:
			p.out = file
		case 2:
			p.err = file
		}
		if err == nil && owner != os.Getuid() {
			err = unix.Fchown(fds[theirs], owner, owner)
		}
		if err != nil {
			p.close()
			return nil, fmt.Errorf("prepare a pipe: %w", err)
		}
	}
	return p, nil
}

// handOver closes their ends, once the helper has them.
func (p *pipes) handOver() {
	closeAll(p.theirs[:])
	p.theirs = [3]int{-1, -1, -1}
}

// feed writes the input. What fits a pipe is written at once; more goes on beside the run.
func (p *pipes) feed(stdin io.Reader) {
	if stdin == nil {
		if p.terminal == nil {
			p.in.Close()
		}
		return
	}
	if short, ok := stdin.(interface{ Len() int }); ok && short.Len() <= 32<<10 && p.terminal == nil {
		_, _ = io.Copy(p.in, stdin)
		p.in.Close()
		return
	}
	go func() {
		_, _ = io.Copy(p.in, stdin) // ends when the guest closes its end, or we ours
		if p.terminal != nil {
			_, _ = p.in.Write([]byte{endOfFile})
		} else {
			p.in.Close()
		}
		if c, ok := stdin.(io.Closer); ok {
			_ = c.Close()
		}
	}()
}

// outputs are what is to be read, and what each is called.
func (p *pipes) outputs() []outlet {
	if p.err == nil {
		return []outlet{{p.out, Stdout}}
	}
	return []outlet{{p.out, Stdout}, {p.err, Stderr}}
}

type outlet struct {
	file   *os.File
	stream Stream
}

const readSize = 32 << 10

var buffers = sync.Pool{New: func() any { return new([readSize]byte) }}

// follow reads both outputs into the sink until they end or finish is called.
func (p *pipes) follow(s *sink) {
	for _, f := range p.outputs() {
		p.readers.Go(func() {
			b := buffers.Get().(*[readSize]byte)
			defer buffers.Put(b)
			for {
				n, err := f.file.Read(b[:])
				if n > 0 {
					s.take(f.stream, b[:n])
				}
				if err != nil {
					return
				}
			}
		})
	}
}

// finish takes what the process had written when it ended. Others may still hold the pipe and write for ever, so it takes
// no more than a pipe can hold, and does not wait.
func (p *pipes) finish(s *sink) {
	now := time.Unix(1, 0)
	for _, f := range p.outputs() {
		_ = f.file.SetReadDeadline(now)
	}
	p.readers.Wait()
	b := buffers.Get().(*[readSize]byte)
	defer buffers.Put(b)
	for _, f := range p.outputs() {
		raw, err := f.file.SyscallConn()
		if err != nil {
			continue
		}
		const pipeMost = 1 << 20 // /proc/sys/fs/pipe-max-size: what a guest can enlarge it to
		_ = raw.Control(func(fd uintptr) {
			for taken := 0; taken < pipeMost; {
				n, err := unix.Read(int(fd), b[:])
				if err == unix.EINTR {
					continue
				}
				if err != nil || n <= 0 {
					return
				}
				taken += n
				s.take(f.stream, b[:n])
			}
		})
	}
}

func (p *pipes) close() {
	p.terminal.detach()
	closeAll(p.theirs[:])
	for _, f := range []*os.File{p.in, p.out, p.err} {
		if f != nil {
			f.Close()
		}
	}
}
