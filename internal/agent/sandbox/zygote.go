package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// zygote is a warmed interpreter that forks a guest for each run. It runs no user code, so many runs may come from one;
// but they share its address layout and hash secret, so it is replaced now and then.
type zygote struct {
	conn  *net.UnixConn
	words *tail         // what it said on its own output: why it did not start
	said  chan struct{} // closed when that is all
	ended chan struct{}

	mu      sync.Mutex
	waiting map[uint32]func(reply, []int)
	next    uint32
	uses    int
	holders int  // runs that have got it and not yet released it
	retired bool // closes when the last of them has
}

const (
	zygoteUses     = 2000        // runs from one zygote
	zygotePatience = time.Minute // to warm up
)

// startZygote starts and warms an interpreter. It returns when it can fork.
func (n *nursery) startZygote(argv, env []string) (*zygote, error) {
	ours, theirs, err := seqpacket()
	if err != nil {
		return nil, err
	}
	z := &zygote{conn: ours, words: &tail{}, said: make(chan struct{}), ended: make(chan struct{}), waiting: map[uint32]func(reply, []int){}, next: 1}
	ready := make(chan error, 2)
	z.waiting[0] = func(reply, []int) { ready <- nil }
	err = n.launch(z, theirs, argv, env, ready)
	theirs.Close()
	if err != nil {
		ours.Close()
		return nil, err
	}
	go z.receive()
	timeout := time.NewTimer(zygotePatience)
	defer timeout.Stop()
	select {
	case err = <-ready:
	case <-z.ended:
		err = errors.New("it ended")
	case <-n.ended:
		err = n.cause
	case <-timeout.C:
		err = fmt.Errorf("not ready after %v", zygotePatience)
	}
	z.mu.Lock()
	delete(z.waiting, 0)
	z.mu.Unlock()
	if err != nil {
		ours.Close()
		select { // what it said may still be under way
		case <-z.said:
		case <-n.ended:
		case <-time.After(time.Second):
		}
		return nil, fmt.Errorf("warm %s: %w: %s", argv[0], err, z.words)
	}
	return z, nil
}

// launch has the nurse start the interpreter. Its standard streams are pipes, for it learns their kind at its start, and
// its guests' are pipes.
func (n *nursery) launch(z *zygote, theirs *os.File, argv, env []string, ready chan<- error) error {
	sealed, err := payload{argv: argv, env: env}.seal()
	if err != nil {
		return err
	}
	defer unix.Close(sealed)
	p, err := newPipes(os.Getuid())
	if err != nil {
		return err
	}
	id := n.expect(func(r reply, fds []int) {
		closeAll(fds)
		if r.kind == repFailed {
			ready <- r.failure()
		}
		z.conn.Close()
	})
	fds := []int{sealed, int(theirs.Fd()), p.theirs[0], p.theirs[2], p.theirs[2]}
	if n.zygotes != nil {
		fds = append(fds, n.zygotes.tasks...)
	}
	err = n.send(request{kind: reqZygote, id: id}, fds...)
	p.handOver()
	go func() {
		var b [1024]byte
		for {
			k, err := p.err.Read(b[:])
			if err != nil {
				p.close()
				close(z.said)
				return
			}
			_, _ = z.words.Write(b[:k])
		}
	}()
	if err != nil {
		n.forget(id)
	}
	return err
}

func (z *zygote) receive() {
	frame := make([]byte, 256)
	for {
		size, _, _, _, err := z.conn.ReadMsgUnix(frame, nil)
		if err != nil || size == 0 {
			break
		}
		r, err := decodeReply(frame[:size])
		if err != nil {
			break
		}
		z.mu.Lock()
		f := z.waiting[r.id]
		if r.kind == repExit {
			delete(z.waiting, r.id)
		}
		z.mu.Unlock()
		if f != nil {
			f(r, nil)
		}
	}
	z.conn.Close()
	close(z.ended)
}

// hold keeps it from being closed until release; false when it takes no more runs.
func (z *zygote) hold() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	select {
	case <-z.ended:
		return false
	default:
	}
	if z.retired {
		return false
	}
	z.holders++
	z.uses++
	return true
}

func (z *zygote) release() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.holders--
	z.closeIfDone()
}

// retire lets the runs that hold it end, and then closes it.
func (z *zygote) retire() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.retired = true
	z.closeIfDone()
}

func (z *zygote) closeIfDone() {
	if z.retired && z.holders == 0 {
		z.conn.Close()
	}
}

func (z *zygote) expect(f func(reply, []int)) uint32 {
	z.mu.Lock()
	defer z.mu.Unlock()
	id := z.next
	z.next++
	z.waiting[id] = f
	return id
}

// forget takes a run off. Its process may still be dying; its cell sees to that.
func (z *zygote) forget(id uint32) {
	z.mu.Lock()
	defer z.mu.Unlock()
	delete(z.waiting, id)
}

// needsFresh tells whether a variable means something to the interpreter itself at its start.
func needsFresh(env map[string]string) bool {
	for k := range env {
		for _, prefix := range []string{"PYTHON", "PERL", "RUBY", "GEM_", "BUNDLE_", "NODE_", "UV_", "TZ", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_", "OPENSSL_"} {
			if strings.HasPrefix(k, prefix) {
				return true
			}
		}
	}
	return false
}

func (z *zygote) worn() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.uses >= zygoteUses
}

func (z *zygote) holding() int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.holders
}

func (z *zygote) gone() bool {
	select {
	case <-z.ended:
		return true
	default:
		return false
	}
}
