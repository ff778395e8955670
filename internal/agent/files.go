package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/filecache"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

const (
	// filesAtOnce bounds the files that come at the same time: each takes one of the connection's few streams.
	filesAtOnce = 4
	// filesWithin bounds how long all files of one run may take to come. The control plane gives an attempt up that has
	// not ended four minutes after its time, and a compiler may take one of them.
	filesWithin = 150 * time.Second
	// askAgain is the pause before a piece is asked for again, in the next session perhaps.
	askAgain = 200 * time.Millisecond
)

var (
	errFileGone = errors.New("the control plane has it no more")
	errFileSlow = fmt.Errorf("it did not come within %v", filesWithin)
)

// isNamed tells whether a file's content is still to come.
func isNamed(f sandbox.File) bool { return len(f.SHA256) > 0 && f.From == nil }

func namedOf(all []*agentv1.NamedFile) ([]sandbox.File, error) {
	files := make([]sandbox.File, 0, len(all))
	for _, f := range all {
		if len(f.GetSha256()) != len(filecache.Sum{}) || f.GetSize() < 0 {
			return nil, errors.New("a file has no hash, or a size that makes no sense")
		}
		files = append(files, sandbox.File{Path: f.GetPath(), Size: f.GetSize(), SHA256: f.GetSha256()})
	}
	return files, nil
}

// bring opens the files that a task names, from the node's cache or by way of it. The caller closes them with done. What
// goes wrong is an *ending, or the cause of the context's end.
func (a *Agent) bring(ctx context.Context, ref *agentv1.TaskRef, files []sandbox.File) (done func(), err error) {
	if !slices.ContainsFunc(files, isNamed) {
		return func() {}, nil
	}
	if a.cfg.Files == nil {
		return nil, &ending{outcomeError, reasonTaskRefused, "This node takes no files that do not come with their task."}
	}
	ctx, stop := context.WithTimeoutCause(ctx, filesWithin, errFileSlow)
	defer stop()
	var opened []*os.File
	done = func() {
		for _, f := range opened {
			f.Close()
		}
	}
	for i := range files {
		if !isNamed(files[i]) {
			continue
		}
		f, err := a.open(ctx, ref, files[i])
		if err != nil {
			done()
			return nil, a.fileEnding(ref, files[i].Path, err)
		}
		opened = append(opened, f)
		files[i].From = f
	}
	return done, nil
}

func (a *Agent) open(ctx context.Context, ref *agentv1.TaskRef, f sandbox.File) (*os.File, error) {
	from := "cache"
	opened, err := a.cfg.Files.Get(ctx, filecache.Sum(f.SHA256), f.Size, func(ctx context.Context, w io.Writer) error {
		from = "control_plane"
		select {
		case a.fetching <- struct{}{}:
			defer func() { <-a.fetching }()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		return a.fetch(ctx, ref, f, w)
	})
	if err == nil && a.cfg.Metrics != nil {
		a.cfg.Metrics.files.WithLabelValues(from).Inc()
	}
	return opened, err
}

// fetch asks for a content piece by piece. It goes on where it was when the session ends and another one begins.
func (a *Agent) fetch(ctx context.Context, ref *agentv1.TaskRef, f sandbox.File, w io.Writer) error {
	for at := int64(0); at < f.Size; {
		piece, err := a.readFile(ctx, &agentv1.ReadFileRequest{Ref: ref, Sha256: f.SHA256, Offset: at})
		if err != nil {
			return err
		}
		if len(piece) == 0 {
			return filecache.ErrDamaged
		}
		if _, err := w.Write(piece); err != nil {
			return fmt.Errorf("keep what came: %w", err)
		}
		at += int64(len(piece))
	}
	return nil
}

func (a *Agent) readFile(ctx context.Context, in *agentv1.ReadFileRequest) ([]byte, error) {
	for {
		if line := a.line.Load(); line != nil {
			answer, err := (*line).ReadFile(ctx, in)
			switch status.Code(err) {
			case codes.OK:
				return answer.GetContent(), nil
			case codes.NotFound:
				return nil, errFileGone
			case codes.PermissionDenied, codes.InvalidArgument, codes.Unimplemented:
				return nil, err
			}
			a.log.Debug("a piece of a file did not come, asking again", "task", key(in.GetRef()), "error", err)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(askAgain):
		}
	}
}

// fileEnding tells why a run ends that cannot have its files.
func (a *Agent) fileEnding(ref *agentv1.TaskRef, path string, err error) error {
	var asked *ending
	switch {
	case errors.As(err, &asked): // somebody ended the run meanwhile
		return asked
	case errors.Is(err, errFileGone):
		return &ending{outcomeError, reasonFileGone, fmt.Sprintf("The uploaded file for %s was deleted before the run began.", path)}
	}
	a.log.Error("a file could not be brought here", "task", key(ref), "path", path, "error", err)
	why := "The agent's log says why."
	if errors.Is(err, filecache.ErrDamaged) || errors.Is(err, errFileSlow) {
		why = fmt.Sprintf("In the agent's words: %v.", err)
	}
	return &ending{outcomeError, reasonFileUnread, fmt.Sprintf("The uploaded file for %s could not be brought to the node. %s", path, why)}
}
