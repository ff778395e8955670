package gvisor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
	"syscall"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// collect keeps the job's artefacts. Its folder is in the memory of its own kernel, so pid 1 in there, which is ours,
// reads it, as the agent asks: one small answer to each question. What decides is the same as in every class, and out
// here; an answer is believed no more than the program is.
func (r *run) collect(ctx context.Context, job sandbox.Job, own []string) error {
	if job.Artefacts == nil {
		return nil
	}
	patience := time.NewTimer(collectPatience)
	defer patience.Stop()
	t := &tree{box: r.box, done: ctx.Done(), closed: r.closed, patience: patience.C}
	var err error
	r.result.Omitted, err = job.Artefacts.Collect(r.result.Outcome, func() (sandbox.Folder, error) {
		if !r.alive {
			return nil, &sandbox.LostError{Why: "the sandbox ended with its files in its memory: " + r.whyDead()}
		}
		_, err := t.ask(orderSettle, "")
		return &folder{tree: t}, err
	}, own)
	if errors.Is(t.lost, sandbox.ErrClosed) {
		return sandbox.ErrClosed
	}
	return err
}

// whyDead says why a sandbox ended before its files were read.
func (r *run) whyDead() string {
	if r.result.Reason == sandbox.ReasonMemory {
		return "the run's memory limit was hit"
	}
	return "a limit of the run was hit"
}

// collectPatience bounds the reading of one job's files.
const collectPatience = time.Minute

// tree is the working folder, as pid 1 of the sandbox tells of it. It has one open folder at every depth, and one open file.
type tree struct {
	box          *box
	done, closed <-chan struct{}
	patience     <-chan time.Time
	lost         error // what every further question is answered with
}

// ask puts a question. An errno is an error as it is; any other error is a *sandbox.LostError.
func (t *tree) ask(kind uint32, name string) ([]byte, error) {
	if t.lost != nil {
		return nil, t.lost
	}
	e, err := t.answer(kind, name)
	if err != nil {
		t.lost = err
		return nil, err
	}
	if e.status != 0 {
		return nil, syscall.Errno(e.status) //nolint:gosec // an errno
	}
	return e.data, nil
}

func (t *tree) answer(kind uint32, name string) (end, error) {
	if _, err := t.box.orders.Write(orderFor(kind, name)); err != nil {
		return end{}, &sandbox.LostError{Why: "the sandbox ended while its files were read"}
	}
	select {
	case e, ok := <-t.box.ends:
		switch {
		case !ok:
			return end{}, &sandbox.LostError{Why: "the sandbox ended while its files were read"}
		case e.kind != endData || e.status < 0:
			return end{}, &sandbox.LostError{Why: "the sandbox does not tell of its files as it should"}
		}
		return e, nil
	case <-t.patience:
		return end{}, &sandbox.LostError{Why: fmt.Sprintf("the sandbox had not told of all its files after %v", collectPatience)}
	case <-t.done:
		return end{}, &sandbox.LostError{Why: "the run was cancelled"}
	case <-t.closed:
		return end{}, fmt.Errorf("%w: %w", sandbox.ErrClosed, &sandbox.LostError{Why: "the agent stopped"})
	}
}

// folder is the deepest one that is open.
type folder struct{ tree *tree }

// Next implements sandbox.Folder.
func (f *folder) Next() ([]sandbox.Entry, error) {
	b, err := f.tree.ask(orderList, "")
	if err != nil {
		return nil, f.tree.fatal(err)
	}
	entries, err := decodeEntries(b)
	if err != nil {
		f.tree.lost = &sandbox.LostError{Why: "the sandbox does not tell of its files as it should"}
		return nil, f.tree.lost
	}
	return entries, nil
}

// Enter implements sandbox.Folder.
func (f *folder) Enter(name string) (sandbox.Folder, error) {
	if _, err := f.tree.ask(orderEnter, name); err != nil {
		return nil, f.tree.fatal(err)
	}
	return &folder{tree: f.tree}, nil
}

// Open implements sandbox.Folder.
func (f *folder) Open(name string) (io.ReadCloser, int64, error) {
	b, err := f.tree.ask(orderOpen, name)
	switch {
	case errors.Is(err, syscall.EINVAL):
		return nil, 0, sandbox.ErrNotRegular
	case err != nil:
		return nil, 0, f.tree.fatal(err)
	case len(b) != 8:
		f.tree.lost = &sandbox.LostError{Why: "the sandbox does not tell of its files as it should"}
		return nil, 0, f.tree.lost
	}
	return &content{tree: f.tree}, int64(min(binary.NativeEndian.Uint64(b), math.MaxInt64)), nil
}

// Close implements sandbox.Folder.
func (f *folder) Close() error {
	_, err := f.tree.ask(orderLeave, "")
	return err
}

// fatal tells what ends the collection from what concerns one name.
func (t *tree) fatal(err error) error {
	if t.lost != nil {
		return t.lost
	}
	return err
}

// content is that of the file that is open.
type content struct {
	tree *tree
	rest []byte
}

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		b, err := c.tree.ask(orderRead, "")
		if err != nil {
			return 0, &sandbox.LostError{Why: "a file could not be read to its end"}
		}
		if len(b) == 0 {
			return 0, io.EOF
		}
		c.rest = b
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// Close implements io.Closer. The next file that is opened takes its place.
func (c *content) Close() error { return nil }

var errEntries = errors.New("malformed names from inside the sandbox")

// decodeEntries reads names as helper/gvisor.c writes them: kind, length, bytes. They come from the program's own kernel, so
// what is no single name is refused here: nothing behind this looks at it again.
func decodeEntries(b []byte) ([]sandbox.Entry, error) {
	var entries []sandbox.Entry
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return nil, errEntries
		}
		kind, name := b[0], string(b[2:2+int(b[1])])
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
			return nil, errEntries
		}
		b = b[2+len(name):]
		e := sandbox.Entry{Name: name, Type: fs.ModeIrregular}
		switch kind {
		case syscall.DT_DIR:
			e.Type = fs.ModeDir
		case syscall.DT_REG:
			e.Type = 0
		case syscall.DT_LNK:
			e.Type = fs.ModeSymlink
		}
		entries = append(entries, e)
	}
	return entries, nil
}
