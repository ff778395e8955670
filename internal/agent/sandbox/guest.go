package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// guest is a process that has been asked for in a cell. A fresh one starts its program at once. One forked from a zygote
// enters its cell, gives everything up, and then waits at a gate for its payload; so it can be made ahead of its run. So can
// an interpreter that cannot fork (Node): it is started fresh in the cell, and its first script waits at the gate.
type guest struct {
	bounds  bounds
	cell    *cell
	zygote  *zygote // nil: fresh
	streams *pipes
	status  *os.File // nil: fresh
	gate    int      // of a zygote's guest, or -1
	letter  *os.File // the gate of an interpreter started ahead, or nil
	ended   chan reply
	forget  func()
}

// bounds are the limits that a process gets before its run is known: a guest made ahead serves runs with the same ones.
type bounds struct {
	size           size
	room           size // of a program that a compiler made: what it may write beside what that left; 0: as the cell is
	fsize, address uint64
	cpu, processes uint32
}

func (w *ward) boundsOf(z size, l Limits) bounds {
	b := bounds{size: z, fsize: uint64(l.DiskBytes), cpu: seconds(l.CPU) + 1, processes: uint32(l.Processes)}
	if _, ok := w.tree.where["pids"]; ok { // the cgroup is the limit, and says when it was hit; this is the second line
		b.processes += 16
	}
	if _, ok := w.tree.where["memory"]; !ok { // no cgroup counts memory: bound at least each process's addresses
		b.address = uint64(l.MemoryBytes) * 4
	}
	return b
}

// fork asks for a guest in the cell: from the zygote, which the caller holds, or without one from the payload.
func (w *ward) fork(c *cell, z *zygote, b bounds, payload int) (*guest, error) {
	return w.ask(c, z, b, payload, -1, nil)
}

func (w *ward) ask(c *cell, z *zygote, b bounds, payload, gate int, t *Terminal) (*guest, error) {
	n := w.nursery
	uid := c.slot.uid(n)
	g := &guest{bounds: b, cell: c, zygote: z, gate: -1, ended: make(chan reply, 4)}
	var err error
	if t != nil {
		g.streams, err = t.open(n.hostUID(uid))
	} else {
		g.streams, err = newPipes(n.hostUID(uid))
	}
	if err != nil {
		return nil, err
	}
	q := request{
		kind: reqRun, uid: uid, disk: uint64(b.room.bytes), inodes: uint64(b.room.inodes), fsize: b.fsize, address: b.address, cpu: b.cpu, processes: b.processes, files: 1024,
	}
	heard := func(x reply, fds []int) { closeAll(fds); g.ended <- x }
	theirs := g.streams.theirs
	fds := append([]int{c.pidfd, payload, theirs[0], theirs[1], theirs[2], theirs[2]}, c.slot.account.tasks...)
	if gate >= 0 {
		q.flags, fds[5] = flagGate, gate
	}
	if t != nil {
		q.flags |= flagTerminal
	}
	if z == nil {
		q.id = n.expect(heard)
		g.forget = func() { n.forget(q.id) }
		err = n.send(q, fds...)
	} else {
		q.id = z.expect(heard)
		g.forget = func() { z.forget(q.id) }
		err = g.forkFrom(z, q, fds)
	}
	g.streams.handOver()
	if err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

func (g *guest) forkFrom(z *zygote, q request, fds []int) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("make a gate: %w", err)
	}
	defer unix.Close(pair[1])
	g.gate = pair[0]
	var theirs int
	if g.status, theirs, err = newStatus(); err != nil {
		return err
	}
	defer unix.Close(theirs)
	fds[1], fds[5] = pair[1], theirs // in place of the payload, the gate
	if err := sendTo(z.conn, q, fds...); err != nil {
		return err
	}
	go readStatus(g.status, q.id, g.ended)
	return nil
}

// startAhead starts an interpreter in the cell that waits for its run. first is its command and environment.
func (w *ward) startAhead(c *cell, b bounds, first payload) (*guest, error) {
	sealed, err := first.seal()
	if err != nil {
		return nil, err
	}
	defer unix.Close(sealed)
	var gate [2]int
	if err := unix.Pipe2(gate[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make a gate: %w", err)
	}
	defer unix.Close(gate[0])
	_ = unix.SetNonblock(gate[1], true)
	letter := os.NewFile(uintptr(gate[1]), "gate")
	g, err := w.ask(c, nil, b, sealed, gate[0], nil)
	if err != nil {
		letter.Close()
		return nil, err
	}
	g.letter = letter
	return g, nil
}

// begin lets the guest have its payload, which is also given as a descriptor for those that take it so.
func (g *guest) begin(given int, p payload) error {
	if g.letter != nil {
		return g.write(p)
	}
	if g.gate < 0 {
		return nil
	}
	if err := unix.Sendmsg(g.gate, []byte{1}, unix.UnixRights(given), nil, unix.MSG_NOSIGNAL); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// alive tells whether a guest made ahead still waits.
func (g *guest) alive() bool {
	select {
	case <-g.ended:
		return false
	default:
		return g.zygote == nil || !g.zygote.gone()
	}
}

// close lets go of everything but the cell. A process that still waits at the gate ends.
func (g *guest) close() {
	if g.forget != nil {
		g.forget()
	}
	g.streams.close()
	if g.status != nil {
		g.status.Close()
	}
	if g.letter != nil {
		g.letter.Close()
	}
	if g.gate >= 0 {
		unix.Close(g.gate)
		g.gate = -1
	}
}

// release closes a guest that was made ahead, and lets go of its zygote.
func (g *guest) release() {
	g.close()
	if g.zygote != nil {
		g.zygote.release()
	}
}

// letter is the payload as helper/stoa-sandbox-node.js reads it.
type letter struct {
	Argv  []string          `json:"argv"`
	Env   map[string]string `json:"env"`
	Files []letterFile      `json:"files"`
}

type letterFile struct {
	Path    string `json:"path"`
	Mode    int    `json:"mode"`
	Content []byte `json:"content"` // base64
}

func (g *guest) write(p payload) error {
	l := letter{Argv: p.argv, Env: map[string]string{}}
	for _, v := range p.env {
		name, value, _ := strings.Cut(v, "=")
		l.Env[name] = value
	}
	for _, f := range p.files {
		mode := 0o644
		if f.Executable {
			mode = 0o755
		}
		l.Files = append(l.Files, letterFile{f.Path, mode, f.Content})
	}
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write the letter: %w", err)
	}
	deliver := func() {
		_, _ = g.letter.Write(b) // a guest that died says so itself
		g.letter.Close()
	}
	if len(b) <= 32<<10 { // fits the pipe
		deliver()
		return nil
	}
	go deliver()
	return nil
}
