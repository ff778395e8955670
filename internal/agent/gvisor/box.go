package gvisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// slot is what is used again from sandbox to sandbox: a host uid, cgroups, a bundle.
type slot struct {
	number  int
	account *sandbox.Account
}

// box is one sandbox: it is started, waits for the orders of one job, and is killed.
type box struct {
	slot    *slot
	command *exec.Cmd
	orders  *os.File
	tun     *os.File // its network's other end, until a job takes it; nil: it has no network
	streams *sandbox.Streams
	ends    chan end      // closed when nothing more comes
	gone    chan struct{} // every process of it is dead
	words   *words
}

const (
	// bootPatience bounds the start of a sandbox, which takes a tenth of a second on an idle host.
	bootPatience = 30 * time.Second
	// ownMemory is what the kernel in user space may need, in bytes, before a job and beside it.
	bootMemory, ownMemory = 512 << 20, 32 << 20
	// ownThreads is how many threads the host may see of a sandbox, beside those of the program.
	ownThreads = 512
)

// start starts a sandbox, with a network or without, and waits until it takes orders.
func (d *Driver) start(ctx context.Context, s *slot, network bool) (*box, error) {
	if err := s.account.Limit(bootMemory, ownThreads); err != nil {
		return nil, fmt.Errorf("bound the sandbox: %w", err)
	}
	b, err := d.launch(s, network)
	if err != nil {
		return nil, err
	}
	patience := time.NewTimer(bootPatience)
	defer patience.Stop()
	select {
	case e, ok := <-b.ends:
		if ok && e.kind == endReady {
			return b, nil
		}
		<-b.kill()
		err = fmt.Errorf("the sandbox ended at its start: %s", b.words)
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-d.closed:
		err = sandbox.ErrClosed
	case <-patience.C:
		err = fmt.Errorf("the sandbox was not ready after %v: %s", bootPatience, b.words)
	}
	<-b.kill()
	b.close()
	return nil, err
}

// launch starts the processes. The helper makes the place and becomes runsc, as pid 1 of
// a pid namespace: whoever kills that kills everything.
func (d *Driver) launch(s *slot, network bool) (*box, error) {
	streams, err := sandbox.NewStreams()
	if err != nil {
		return nil, err
	}
	theirOrders, orders, err := os.Pipe()
	if err != nil {
		streams.Close()
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	ends, theirEnds, err := os.Pipe()
	if err != nil {
		streams.Close()
		return nil, errors.Join(fmt.Errorf("make a pipe: %w", err), theirOrders.Close(), orders.Close())
	}
	b := &box{slot: s, orders: orders, streams: streams, ends: make(chan end, 4), gone: make(chan struct{}), words: &words{}}
	b.command = exec.Command(d.config.Base.Helper(), d.arguments(s, network)...) //nolint:gosec // our own programs
	b.command.Dir, b.command.Env, b.command.Stderr = "/", []string{"PATH=/usr/bin:/bin"}, b.words
	b.command.ExtraFiles = []*os.File{theirOrders, theirEnds}
	theirs := streams.Theirs()
	for _, fd := range append(theirs[:], s.account.Join()...) {
		copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3) // closed below; the originals are not ours
		if err == nil {
			b.command.ExtraFiles = append(b.command.ExtraFiles, os.NewFile(uintptr(copied), "handed over"))
		}
	}
	// A session of its own: an interrupt from the terminal is for the agent.
	b.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS}
	begin := func() error {
		if err := b.command.Start(); err != nil {
			return fmt.Errorf("start the sandbox helper: %w", err)
		}
		return nil
	}
	if network {
		b.tun, err = sandbox.InNetwork(begin)
	} else {
		err = begin()
	}
	for _, f := range b.command.ExtraFiles {
		f.Close()
	}
	streams.HandOver()
	if err != nil {
		close(b.gone)
		b.close()
		return nil, errors.Join(err, ends.Close())
	}
	go b.listen(ends)
	go func() {
		_ = b.command.Wait() // how does not matter: what counts is what was said before
		close(b.gone)
	}()
	return b, nil
}

// arguments are the helper's: the root, and then what runsc gets.
func (d *Driver) arguments(s *slot, network bool) []string {
	a := append([]string{"gvisor", "root=" + rootAt, "dir=/proc", "dir=/sys"}, d.view...)
	a = append(a, "--", d.config.Runsc)
	if network { // it takes over the devices of the network namespace that it starts in, but for what they would do themselves
		a = append(a, "--network=sandbox", "--gso=false", "--software-gso=false", "--rx-checksum-offload=false")
	} else {
		a = append(a, "--network=none")
	}
	a = append(a, "--root=/run/runsc", "--platform=systrap", "--overlay2=none",
		"--ignore-cgroups", // they are joined already
		"--gofer-network-namespace=new", "--file-access-mounts=exclusive", "--host-settings=ignore",
		"--sidecar-usage-policy=LEGACY_DEPRECATED_SLOW_EMBEDDED_FALLBACK", // this program is all there is
		"run", "--bundle="+d.bundle(s))
	for fd := 3; fd <= 7; fd++ {
		a = append(a, "--pass-fd="+strconv.Itoa(fd)+":"+strconv.Itoa(fd))
	}
	return append(a, "s"+strconv.Itoa(s.number))
}

func (d *Driver) bundle(s *slot) string {
	return filepath.Join(d.config.Dir, "s"+strconv.Itoa(s.number))
}

func (b *box) listen(r io.ReadCloser) {
	defer r.Close()
	defer close(b.ends)
	for {
		e, err := readEnd(r)
		if err != nil {
			return
		}
		select {
		case b.ends <- e:
			continue
		default:
		}
		select {
		case b.ends <- e:
		case <-b.gone: // and nobody asks
			return
		}
	}
}

// kill ends everything in the sandbox; the channel closes when it is dead.
func (b *box) kill() <-chan struct{} {
	_ = b.command.Process.Kill() // pid 1 of its namespace
	return b.gone
}

// close closes our ends of the pipes.
func (b *box) close() {
	b.orders.Close()
	b.streams.Close()
	if b.tun != nil {
		b.tun.Close()
	}
}

// words keeps the end of what runsc says on stderr, for errors.
type words struct {
	mu   sync.Mutex
	text []byte
}

const mostWords = 2 << 10

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if more := len(w.text) - mostWords; more > 0 {
		w.text = w.text[more:]
	}
	return len(p), nil
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.TrimSpace(string(bytes.ToValidUTF8(w.text, nil)))
}
