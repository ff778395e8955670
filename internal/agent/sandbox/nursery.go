package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/platform/timerslack"
)

// nursery is one life of the helper: its socket, and the cells, guests and warmed interpreters below it. When the helper
// ends, for whatever reason, all of them are dead; the Driver then starts another nursery.
type nursery struct {
	log     *slog.Logger
	command *exec.Cmd
	conn    *net.UnixConn
	base    uint32   // host uid of the inner uid 0; 0 when not root
	zygotes *account // what bounds warmed interpreters that an image brought; nil: nothing does
	ended   chan struct{}
	cause   error // why, once ended is closed

	mu      sync.Mutex
	next    uint32
	waiting map[uint32]func(reply, []int)
}

// startTimeout bounds how long the helper may take to build its root and say hello.
const startTimeout = time.Minute

// startNursery runs the helper with the given arguments (see helper/warden.c) and waits until it is ready.
func startNursery(ctx context.Context, log *slog.Logger, helper string, base uint32, arguments []string) (*nursery, error) {
	ours, theirs, err := seqpacket()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	n := &nursery{log: log, conn: ours, base: base, next: 1, ended: make(chan struct{}), waiting: map[uint32]func(reply, []int){}}
	ready := make(chan struct{})
	n.waiting[0] = func(reply, []int) { close(ready) }

	words := &tail{}
	n.command = exec.Command(helper, append([]string{"warden"}, arguments...)...)
	n.command.ExtraFiles = []*os.File{theirs}
	n.command.Stderr = words
	n.command.Env = []string{"PATH=/usr/bin:/bin"}
	n.command.Dir = "/"
	// A session of its own: an interrupt from the terminal is for the agent, which ends its runs in order.
	n.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS}
	if base == 0 {
		n.command.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		n.command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		n.command.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := timerslack.Start(n.command, timerslack.Usual); err != nil { // ours is relaxed
		ours.Close()
		return nil, fmt.Errorf("start the sandbox helper in new namespaces: %w", err)
	}
	go n.wait(words)
	go n.receive()
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case <-ready:
		return n, nil
	case <-n.ended:
		return nil, n.cause
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-timeout.C:
		err = fmt.Errorf("the sandbox helper was not ready after %v: %s", startTimeout, words)
	}
	n.close()
	return nil, err
}

// seqpacket makes the socket pair to the helper: our end for the runtime's poller, theirs to be inherited.
func seqpacket() (*net.UnixConn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make the helper's socket: %w", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "helper")
	ours := os.NewFile(uintptr(fds[0]), "agent")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("use the helper's socket: %w", err)
	}
	return conn.(*net.UnixConn), theirs, nil
}

// wait ends the nursery when the helper has.
func (n *nursery) wait(words fmt.Stringer) {
	err := n.command.Wait()
	n.conn.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cause = fmt.Errorf("the sandbox helper ended (%w)", err)
	if s := words.String(); s != "" {
		n.cause = fmt.Errorf("the sandbox helper ended: %s", s)
	}
	clear(n.waiting)
	close(n.ended)
}

// receive hands each reply to whoever waits for it. Nothing here may block.
func (n *nursery) receive() {
	frame, control := make([]byte, 256), make([]byte, unix.CmsgSpace(4*maxFDs))
	for {
		size, controlSize, _, _, err := n.conn.ReadMsgUnix(frame, control)
		if err != nil || size == 0 {
			n.conn.Close()
			return
		}
		fds := descriptors(control[:controlSize])
		r, err := decodeReply(frame[:size])
		if err != nil {
			n.log.Error("sandbox helper", "error", err)
			closeAll(fds)
			n.conn.Close() // the helper sees the end of its socket and takes everything down
			return
		}
		n.mu.Lock()
		f := n.waiting[r.id]
		if r.kind == repExit {
			delete(n.waiting, r.id)
		}
		n.mu.Unlock()
		if f == nil {
			closeAll(fds)
			continue
		}
		f(r, fds)
	}
}

func descriptors(control []byte) []int {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	var fds []int
	for _, m := range messages {
		more, _ := unix.ParseUnixRights(&m)
		fds = append(fds, more...)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	return fds
}

// expect registers who receives the replies about a new id, until its process has ended.
func (n *nursery) expect(f func(reply, []int)) uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	id := n.next
	n.next++
	if n.next == 0 {
		n.next = 1
	}
	n.waiting[id] = f
	return id
}

func (n *nursery) forget(id uint32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.waiting, id)
}

// errGone tells that the helper, or a warmed interpreter, has ended before it got the request: nothing was started.
var errGone = errors.New("the sandbox helper is gone")

// send asks the helper. When its socket is closed it is ending: then send waits until it has, so that the next try finds
// another.
func (n *nursery) send(r request, fds ...int) error {
	err := sendTo(n.conn, r, fds...)
	if err != nil {
		n.conn.Close()
		<-n.ended
	}
	return err
}

func sendTo(conn *net.UnixConn, r request, fds ...int) error {
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	if _, _, err := conn.WriteMsgUnix(r.encode(), rights, nil); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// close ends the nursery and waits until the helper, and so everything below it, is gone.
func (n *nursery) close() {
	n.conn.Close()
	select {
	case <-n.ended:
	case <-time.After(10 * time.Second):
		n.log.Error("the sandbox helper did not end by itself; killing it")
		_ = n.command.Process.Kill()
		<-n.ended
	}
}

// hostUID is the host's view of an inner uid.
func (n *nursery) hostUID(uid uint32) int {
	if n.base == 0 {
		return os.Getuid()
	}
	return int(n.base + uid)
}

func closeAll(fds []int) {
	for _, fd := range fds {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// tail keeps the last words of the helper.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.b.Len() < 4096 {
		t.b.Write(p)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.b.String())
}
