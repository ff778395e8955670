package execution_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// uploads are the project's files.
type uploads map[ident.ID][]byte

func (u uploads) Find(_ context.Context, _ *command.Tx, id ident.ID) (int64, []byte, func(context.Context) ([]byte, error), error) {
	content, ok := u[id]
	if !ok {
		return 0, nil, nil, fault.New(fault.NotFound, "file.not_found", "The project has no file %s.", id)
	}
	return int64(len(content)), hash(content), func(context.Context) ([]byte, error) {
		if len(content) > 8<<20 {
			return nil, errors.New("a file that does not fit is read")
		}
		return content, nil
	}, nil
}

func (u uploads) Piece(_ context.Context, _ ident.ID, sha256 []byte, offset int64) ([]byte, error) {
	for _, content := range u {
		if bytes.Equal(hash(content), sha256) {
			return content[min(offset, int64(len(content))):min(offset+1<<20, int64(len(content)))], nil
		}
	}
	return nil, fault.New(fault.NotFound, "file.not_found", "The project has this content no more.")
}

func hash(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

func TestANamedFileIsCopiedWhenTheExecutionIsAccepted(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	user, id := ident.New(), ident.New()
	w.files[id] = []byte("as it was")
	in := hello()
	in.Input.Files = []execution.File{{Path: "a", Content: []byte("inline")}, {Path: "b", FileID: id}, {Path: "c", FileID: id}}
	e := w.submit(user, in)
	want := []execution.File{{Path: "a", Content: []byte("inline")}, {Path: "b", Content: []byte("as it was")}, {Path: "c", Content: []byte("as it was")}}
	if diff := cmp.Diff(want, w.nodes.sent[e.ID].in.Files); diff != "" {
		t.Errorf("the node got (-want +got):\n%s", diff)
	}
	if in.Input.Files[1].FileID != id {
		t.Error("the request was changed")
	}
	delete(w.files, id)
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	again, err := w.Retry(w.as(user), execution.Retry{ID: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, w.nodes.sent[again.ID].in.Files); diff != "" {
		t.Errorf("of the retry, the node got (-want +got):\n%s", diff)
	}
}

func TestNamedFilesAreRefusedLikeInlineOnes(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	big, half := ident.New(), ident.New()
	w.files[big], w.files[half] = bytes.Repeat([]byte("x"), 21<<20), bytes.Repeat([]byte("x"), 4<<20)
	for name, test := range map[string]struct {
		stdin  string
		files  []execution.File
		limits execution.Limits
		want   string
	}{
		"it is not there":     {files: []execution.File{{Path: "a", FileID: ident.New()}}, want: "file.not_found"},
		"twice is too large":  {files: []execution.File{{Path: "a", FileID: big}, {Path: "b", FileID: big}}, want: "execution.input_too_large"},
		"for the disk":        {files: []execution.File{{Path: "a", FileID: big}}, limits: execution.Limits{DiskBytes: 20 << 20}, want: "execution.invalid"},
		"for the memory":      {files: []execution.File{{Path: "a", FileID: big}}, limits: execution.Limits{MemoryBytes: 20 << 20}, want: "execution.invalid"},
		"inline is too large": {stdin: "x", files: []execution.File{{Path: "a", FileID: half}, {Path: "b", Content: make([]byte, 8<<20)}}, want: "execution.invalid"},
		"a path that leaves":  {files: []execution.File{{Path: "../a", FileID: half}}, want: "execution.invalid"},
		"content and file id": {files: []execution.File{{Path: "a", FileID: half, Content: []byte("x")}}, want: "execution.invalid"},
	} {
		in := hello()
		in.Input.Stdin, in.Input.Files, in.Limits = []byte(test.stdin), test.files, test.limits
		if _, err := w.Submit(w.as(ident.New()), in); !fault.Is(err, test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func TestWhatIsTooLargeToCopyIsFetchedByTheNode(t *testing.T) {
	w := newWorld(t)
	w.join(1)
	user, id := ident.New(), ident.New()
	w.files[id] = bytes.Repeat([]byte("0123456789abcde\n"), 600<<10)
	in := hello()
	in.Input.Files = []execution.File{{Path: "small", Content: []byte("inline")}, {Path: "large", FileID: id}}
	e := w.submit(user, in)
	sum := hash(w.files[id])
	want := []execution.File{{Path: "small", Content: []byte("inline")}, {Path: "large", FileID: id, Size: 9_830_400, SHA256: sum}}
	if diff := cmp.Diff(want, w.nodes.sent[e.ID].in.Files); diff != "" {
		t.Errorf("the node got (-want +got):\n%s", diff)
	}
	d, err := w.Get(w.as(user), execution.Get{ID: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, d.Input.Files); diff != "" {
		t.Errorf("what is stored (-want +got):\n%s", diff)
	}
	var got []byte
	for len(got) < len(w.files[id]) {
		piece, err := w.ReadFile(t.Context(), e.NodeID, ref(e), sum, int64(len(got)))
		if err != nil || len(piece) == 0 {
			t.Fatalf("%d bytes after %d: %v", len(piece), len(got), err)
		}
		got = append(got, piece...)
	}
	if !bytes.Equal(got, w.files[id]) {
		t.Error("the node read something else")
	}
	// Another node, another attempt, another content: nothing, as if there were none.
	other := w.rejoin(ident.New(), 1, 0)
	next := ref(e)
	next.Attempt++
	foreign := ident.New()
	w.files[foreign] = []byte("of somebody else")
	for name, test := range map[string]struct {
		node ident.ID
		ref  node.TaskRef
		sum  []byte
	}{
		"another node": {other.NodeID, ref(e), sum}, "another attempt": {e.NodeID, next, sum}, "no such attempt": {e.NodeID, node.TaskRef{Kind: execution.Kind, ID: ident.New(), Attempt: 1}, sum},
		"a content that it does not name": {e.NodeID, ref(e), hash(w.files[foreign])}, "what was copied": {e.NodeID, ref(e), hash([]byte("inline"))},
	} {
		if piece, err := w.ReadFile(t.Context(), test.node, test.ref, test.sum, 0); !errors.Is(err, node.ErrStale) {
			t.Errorf("%s: %q, %v", name, piece, err)
		}
	}
	content := w.files[id]
	delete(w.files, id)
	if _, err := w.ReadFile(t.Context(), e.NodeID, ref(e), sum, 0); !fault.Is(err, "file.not_found") {
		t.Errorf("deleted: %v", err)
	}
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Retry(w.as(user), execution.Retry{ID: e.ID}); !fault.Is(err, "file.not_found") {
		t.Errorf("retried without its file: %v", err)
	}
	w.files[id] = content
	if _, err := w.ReadFile(t.Context(), e.NodeID, ref(e), sum, 0); !errors.Is(err, node.ErrStale) {
		t.Errorf("after its end: %v", err)
	}
	again, err := w.Retry(w.as(user), execution.Retry{ID: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, w.nodes.sent[again.ID].in.Files); diff != "" {
		t.Errorf("of the retry, the node got (-want +got):\n%s", diff)
	}
}
