package nodegrpc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/filecache"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// pieceOf is how much the workload gives at once, in bytes.
const pieceOf = 1000

// ReadFile gives what names said; a nil content is one that was deleted.
func (w *workload) ReadFile(_ context.Context, _ ident.ID, ref node.TaskRef, sum []byte, offset int64) ([]byte, error) {
	w.reads <- offset
	w.slow.Lock()
	defer w.slow.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	content, ok := w.files[ref][filecache.Sum(sum)]
	if !ok {
		return nil, node.ErrStale
	}
	if content == nil {
		return nil, fault.New(fault.NotFound, "file.not_found", "The project has this content no more.")
	}
	return content[min(int(offset), len(content)):min(int(offset)+pieceOf, len(content))], nil
}

// names makes content what an attempt gets for a hash.
func (w *workload) names(ref node.TaskRef, sum filecache.Sum, content []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files = map[node.TaskRef]map[filecache.Sum][]byte{ref: {sum: content}}
}

// assignNaming gives the machine a task that names a file.
func (p *plane) assignNaming(t *testing.T, s node.Session, ref node.TaskRef, f node.NamedFile) {
	t.Helper()
	if err := p.Assign(s.NodeID, s.Epoch, node.Task{Ref: ref, Execution: &node.ExecutionSpec{
		Runtime: "python", Source: []byte("print(1)"), Files: []node.File{{Path: "inline", Content: []byte("x")}}, Named: []node.NamedFile{f},
	}}); err != nil {
		t.Fatal(err)
	}
}

func newRef() node.TaskRef {
	return node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}
}

func TestAFileComesBeforeTheRun(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	content := bytes.Repeat([]byte("0123456789"), 250)
	sum := sha256.Sum256(content)
	for range 2 { // the second time from the node's cache
		ref := newRef()
		p.work.names(ref, sum, content)
		p.assignNaming(t, s, ref, node.NamedFile{Path: "in/large", Size: 2500, SHA256: sum[:]})
		r := wait(t, m.driver.runs)
		if len(r.job.Files) != 2 || r.job.Files[1].Path != "in/large" || r.job.Files[1].Size != 2500 {
			t.Fatalf("the sandbox got %+v", r.job.Files)
		}
		if got, err := io.ReadAll(io.NewSectionReader(r.job.Files[1].From, 0, 2500)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		r.done <- completed(0, 0)
		wait(t, p.work.ended)
	}
	if n := len(p.work.reads); n != 3 {
		t.Errorf("%d pieces were asked for, in two runs", n)
	}
}

func TestAFileGoesOnInTheNextSession(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	content := bytes.Repeat([]byte("0123456789"), 1000)
	sum := sha256.Sum256(content)
	ref := newRef()
	p.work.names(ref, sum, content)
	func() {
		p.work.slow.Lock()
		defer p.work.slow.Unlock()
		p.assignNaming(t, s, ref, node.NamedFile{Path: "large", Size: int64(len(content)), SHA256: sum[:]})
		wait(t, p.work.reads)
		p.link.cut(false)
		wait(t, p.work.closed)
	}()
	wait(t, p.work.opened)
	r := wait(t, m.driver.runs)
	if got, err := io.ReadAll(io.NewSectionReader(r.job.Files[1].From, 0, 1<<20)); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	r.done <- completed(0, 0)
	wait(t, p.work.ended)
}

func TestWithoutItsFileNothingRuns(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	content := []byte("content")
	sum := sha256.Sum256(content)
	for name, test := range map[string]struct {
		content []byte
		size    int64
		want    string
	}{
		"deleted":  {nil, 7, node.ReasonFileGone},
		"changed":  {[]byte("another"), 7, node.ReasonFileUnread},
		"shorter":  {content, 8, node.ReasonFileUnread},
		"longer":   {content, 6, node.ReasonFileUnread},
		"nonsense": {content, -1, node.ReasonTaskInvalid},
	} {
		ref := newRef()
		p.work.names(ref, sum, test.content)
		p.assignNaming(t, s, ref, node.NamedFile{Path: "in", Size: test.size, SHA256: sum[:]})
		if e := wait(t, p.work.ended); e.ref != ref || e.result.Outcome != node.OutcomeError || e.result.ReasonCode != test.want || e.result.ReasonMessage == "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	none(t, m.driver.runs)
}

func TestARunThatIsCancelledWaitsForNoFile(t *testing.T) {
	p := start(t, node.Config{})
	m, s := p.join(t)
	sum := sha256.Sum256([]byte("content"))
	ref := newRef()
	p.work.slow.Lock()
	defer p.work.slow.Unlock()
	p.assignNaming(t, s, ref, node.NamedFile{Path: "in", Size: 7, SHA256: sum[:]})
	wait(t, p.work.reads)
	if err := p.Cancel(s.NodeID, ref, "asked"); err != nil {
		t.Fatal(err)
	}
	if e := wait(t, p.work.ended); e.result.Outcome != node.OutcomeCancelled || e.result.ReasonCode != "asked" {
		t.Errorf("ended %+v", e)
	}
	none(t, m.driver.runs)
}

// Whoever holds a certificate of a node asks by hand.
func TestANodeReadsOnlyWhatItsAttemptsName(t *testing.T) {
	p := start(t, node.Config{})
	m, _ := p.join(t)
	content := []byte("content")
	sum := sha256.Sum256(content)
	ref := newRef()
	p.work.names(ref, sum, content)
	by := p.client(t, m.dir)
	ask := func(change func(*agentv1.ReadFileRequest)) (*agentv1.ReadFileResponse, error) {
		in := &agentv1.ReadFileRequest{Ref: refTo(ref), Sha256: sum[:]}
		change(in)
		return by.ReadFile(t.Context(), in)
	}
	if got, err := ask(func(*agentv1.ReadFileRequest) {}); err != nil || string(got.GetContent()) != "content" {
		t.Errorf("its own: %q, %v", got.GetContent(), err)
	}
	other := sha256.Sum256([]byte("other"))
	for name, test := range map[string]struct {
		change func(*agentv1.ReadFileRequest)
		want   codes.Code
	}{
		"another attempt's":   {func(in *agentv1.ReadFileRequest) { in.Ref.Attempt++ }, codes.PermissionDenied},
		"another execution's": {func(in *agentv1.ReadFileRequest) { in.Ref.Id = ident.New().String() }, codes.PermissionDenied},
		"another kind's":      {func(in *agentv1.ReadFileRequest) { in.Ref.Kind = "allocation" }, codes.PermissionDenied},
		"another content":     {func(in *agentv1.ReadFileRequest) { in.Sha256 = other[:] }, codes.PermissionDenied},
		"no attempt's":        {func(in *agentv1.ReadFileRequest) { in.Ref = nil }, codes.InvalidArgument},
		"no content":          {func(in *agentv1.ReadFileRequest) { in.Sha256 = nil }, codes.InvalidArgument},
		"before its begin":    {func(in *agentv1.ReadFileRequest) { in.Offset = -1 }, codes.InvalidArgument},
	} {
		if got, err := ask(test.change); status.Code(err) != test.want {
			t.Errorf("%s: %q, %v", name, got.GetContent(), err)
		}
	}
	m.stop() // its certificate is good, its session is over
	wait(t, p.work.closed)
	if got, err := ask(func(*agentv1.ReadFileRequest) {}); status.Code(err) != codes.Unavailable {
		t.Errorf("without a session: %q, %v", got.GetContent(), err)
	}
}
