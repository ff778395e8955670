package sandbox

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
)

// person reads what a program says on its terminal and types answers.
type person struct {
	t     *testing.T
	mu    sync.Mutex
	heard strings.Builder
	news  *sync.Cond
	over  bool
	types io.WriteCloser
}

// at runs a program on a terminal. The function that it returns waits for its end.
func at(t *testing.T, d *Driver, job Job) (*person, func() Result) {
	t.Helper()
	in, types := io.Pipe()
	p := &person{t: t, types: types}
	p.news = sync.NewCond(&p.mu)
	job.Stdin = in
	if job.Terminal == nil {
		job.Terminal = NewTerminal(80, 24)
	}
	done := make(chan Result, 1)
	go func() {
		r, err := d.Run(context.WithoutCancel(t.Context()), job, func(_ Stream, b []byte) {
			p.mu.Lock()
			p.heard.Write(b)
			p.mu.Unlock()
			p.news.Broadcast()
		})
		if err != nil {
			t.Errorf("run: %v", err)
		}
		p.mu.Lock()
		p.over = true
		p.mu.Unlock()
		p.news.Broadcast()
		_ = in.Close()
		done <- r
	}()
	return p, func() Result { return <-done }
}

// awaits waits until the program has said so, and returns what it said before.
func (p *person) awaits(words string) (before string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if before, after, ok := strings.Cut(p.heard.String(), words); ok {
			p.heard.Reset()
			p.heard.WriteString(after)
			return before
		}
		if p.over {
			p.t.Fatalf("it ended without saying %q; it said %q", words, p.heard.String())
		}
		p.news.Wait()
	}
}

func (p *person) say(words string) {
	p.t.Helper()
	if _, err := io.WriteString(p.types, words); err != nil {
		p.t.Fatal(err)
	}
}

func onTerminal(source string) Job {
	return Job{Runtime: "python", Class: ClassProcess, Source: []byte(source)}
}

func TestTerminal(t *testing.T) {
	d := driver(t)
	job := onTerminal(`
import os, signal, sys, time
print([os.isatty(n) for n in (0, 1, 2)], os.get_terminal_size())
print("leads", os.tcgetpgrp(0) == os.getpgrp(), os.getsid(0) == os.getpid())
signal.signal(signal.SIGWINCH, lambda *_: print("now", tuple(os.get_terminal_size()), flush=True))
print("name?", flush=True)
print("hello", input())
try:
    print("waiting", flush=True)
    while True: time.sleep(0.05) # signal.pause would sleep on after a signal that comes just before it
except KeyboardInterrupt:
    print("interrupted")
print("rest", repr(sys.stdin.read()))
sys.exit(7)
`)
	job.Terminal = NewTerminal(101, 33)
	p, end := at(t, d, job)
	p.awaits("[True, True, True] os.terminal_size(columns=101, lines=33)")
	p.awaits("leads True True")
	p.awaits("name?")
	p.say("Ada\n")
	p.awaits("Ada\r\n") // the echo
	p.awaits("hello Ada\r\n")
	p.awaits("waiting")
	job.Terminal.Resize(60, 20)
	p.awaits("now (60, 20)")
	p.say("\x03")
	p.awaits("interrupted")
	p.say("last words\n")
	_ = p.types.Close() // the end of the input, as Ctrl-D types it
	p.awaits(`rest 'last words\n'`)
	r := end()
	if r.Outcome != Failed || r.ExitCode == nil || *r.ExitCode != 7 || r.Class != ClassFresh {
		t.Errorf("it ended with %+v", r)
	}
	job.Terminal.Resize(10, 10) // of one that has ended: nothing
}

// What a program writes last is there, also when it ends at once.
func TestTerminalLastWords(t *testing.T) {
	d := driver(t)
	for range 20 {
		var said strings.Builder
		job := Job{Runtime: "bash", Source: []byte("printf '%01000d' 7"), Terminal: NewTerminal(80, 24)}
		r, err := d.Run(t.Context(), job, func(s Stream, b []byte) {
			if s != Stdout {
				t.Errorf("it said %q on %v", b, s)
			}
			said.Write(b)
		})
		if err != nil || r.Outcome != Completed || said.Len() != 1000 {
			t.Fatalf("%+v, %v, %d bytes", r, err, said.Len())
		}
	}
}

// Nothing can be typed into a terminal from inside, neither the run's own nor another one's; and no other one is to be had.
func TestAttackTerminal(t *testing.T) {
	d := driver(t)
	p, end := at(t, d, onTerminal(`
import fcntl, os, termios, struct
def attempt(what, f):
    try: print(what, "DONE", f())
    except OSError as e: print(what, "refused", os.strerror(e.errno))
for fd in (0, 1, 2):
    attempt("push", lambda: fcntl.ioctl(fd, termios.TIOCSTI, b"x"))
attempt("paste", lambda: fcntl.ioctl(0, 0x541C, b"\x03"))
attempt("discipline", lambda: fcntl.ioctl(0, termios.TIOCSETD, struct.pack("i", 21)))
attempt("peer", lambda: fcntl.ioctl(0, 0x5441, os.O_RDWR))
attempt("console", lambda: fcntl.ioctl(0, termios.TIOCCONS))
for name in ("/dev/ptmx", "/dev/pts/ptmx", "/dev/pts/0", "/dev/console", "/dev/tty0", "/dev/tty1"):
    attempt(name, lambda: os.open(name, os.O_RDWR))
print("that was all")
`))
	if said := p.awaits("that was all"); strings.Contains(said, "DONE") || strings.Count(said, "refused") != 13 {
		t.Errorf("it did what it should not:\n%s", said)
	}
	if r := end(); r.Outcome != Completed {
		t.Errorf("it ended with %+v", r)
	}
}
