package execution_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// uploads are the project's files.
type uploads map[ident.ID][]byte

func (u uploads) Find(_ context.Context, _ *command.Tx, id ident.ID) (int64, func(context.Context) ([]byte, error), error) {
	content, ok := u[id]
	if !ok {
		return 0, nil, fault.New(fault.NotFound, "file.not_found", "The project has no file %s.", id)
	}
	return int64(len(content)), func(context.Context) ([]byte, error) {
		if len(content) > 8<<20 {
			return nil, errors.New("a file that does not fit is read")
		}
		return content, nil
	}, nil
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
	w.files[big], w.files[half] = bytes.Repeat([]byte("x"), 8<<20+1), bytes.Repeat([]byte("x"), 4<<20)
	for name, test := range map[string]struct {
		stdin string
		files []execution.File
		want  string
	}{
		"it is not there":     {files: []execution.File{{Path: "a", FileID: ident.New()}}, want: "file.not_found"},
		"it is too large":     {files: []execution.File{{Path: "a", FileID: big}}, want: "execution.invalid"},
		"twice is too large":  {stdin: "x", files: []execution.File{{Path: "a", FileID: half}, {Path: "b", FileID: half}}, want: "execution.invalid"},
		"a path that leaves":  {files: []execution.File{{Path: "../a", FileID: half}}, want: "execution.invalid"},
		"content and file id": {files: []execution.File{{Path: "a", FileID: half, Content: []byte("x")}}, want: "execution.invalid"},
	} {
		in := hello()
		in.Input.Stdin, in.Input.Files = []byte(test.stdin), test.files
		if _, err := w.Submit(w.as(ident.New()), in); !fault.Is(err, test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}
