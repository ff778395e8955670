package execution_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func leaving(patterns ...string) execution.Submit {
	in := hello()
	in.Artefacts = patterns
	return in
}

func artefact(path string, content []byte) node.Artefact {
	sum := sha256.Sum256(content)
	return node.Artefact{Path: path, Size: int64(len(content)), SHA256: sum[:], Content: content}
}

func (w *world) count(table string, id ident.ID) int {
	w.t.Helper()
	n, err := pg.One[int](w.t.Context(), w.db, "SELECT count(*) FROM "+table+" WHERE execution_id = $1", id)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestArtefactsAreStoredWithTheResult(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	user := ident.New()
	e := w.submit(user, leaving("out/**", "*.csv"))
	want := &execution.Artefacts{Patterns: []string{"out/**", "*.csv"}, MaxBytes: 8 << 20, MaxCount: 100}
	if diff := cmp.Diff(want, w.nodes.sent[e.ID].in.Artefacts); diff != "" {
		t.Error(diff)
	}
	big := bytes.Repeat([]byte("0123456789"), execution.ArtefactPiece/10+1000) // two pieces
	damaged := artefact("out/damaged", []byte("as it was"))
	damaged.Content = []byte("as it is!")
	r := exited(0)
	r.Artefacts = []node.Artefact{artefact("out/big", big), artefact("out/empty", nil), damaged}
	r.ArtefactsOmitted = []node.OmittedArtefact{{Path: "*.csv", Reason: "nothing matched"}}
	if err := w.end(e, r); err != nil {
		t.Fatal(err)
	}
	// The result comes again, as from an agent that heard no ack; and so does one of another attempt.
	if err := w.end(e, r); !errors.Is(err, node.ErrStale) {
		t.Errorf("again: %v", err)
	}
	if n, chunks := w.count("execution_artefact", e.ID), w.count("execution_artefact_chunk", e.ID); n != 4 || chunks != 2 {
		t.Errorf("%d artefacts, %d pieces", n, chunks)
	}
	d, err := w.Get(w.as(user), execution.Get{ID: e.ID})
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for _, a := range d.Artefacts {
		told += a.Path + ":" + a.Omitted + " "
	}
	if told != "out/big: out/empty: out/damaged:its node sent it damaged *.csv:nothing matched " {
		t.Error(told)
	}
	a, err := w.ReadArtefact(w.as(user), execution.ReadArtefact{ID: e.ID, Path: "out/big"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Seek(execution.ArtefactPiece-5, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if tail, err := io.ReadAll(a); err != nil || !bytes.Equal(tail, big[execution.ArtefactPiece-5:]) {
		t.Errorf("%d bytes, %v", len(tail), err)
	}
	for path, code := range map[string]string{"out/damaged": "execution.artefact_omitted", "../x": "execution.no_artefact"} {
		if _, err := w.ReadArtefact(w.as(user), execution.ReadArtefact{ID: e.ID, Path: path}); !fault.Is(err, code) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if all, err := w.ArtefactArchive(w.as(user), execution.Get{ID: e.ID}); err != nil || len(all) != 2 {
		t.Errorf("archive: %d, %v", len(all), err)
	}
	if _, err := w.Delete(w.as(user), execution.Delete{ID: e.ID}); err != nil {
		t.Fatal(err)
	}
	if n, chunks := w.count("execution_artefact", e.ID), w.count("execution_artefact_chunk", e.ID); n != 0 || chunks != 0 {
		t.Errorf("after the deletion: %d artefacts, %d pieces", n, chunks)
	}
}

// What an attempt left that no longer counts is thrown away with its result.
func TestArtefactsOfALostAttempt(t *testing.T) {
	w := newWorld(t)
	w.join(2)
	user := ident.New()
	first := w.submit(user, leaving("out"))
	stopped := exited(1)
	stopped.Outcome, stopped.ReasonCode = node.OutcomeError, node.ReasonAgentStopped
	if err := w.end(first, stopped); err != nil {
		t.Fatal(err)
	}
	w.PullOnce(t.Context())
	second := w.get(first.ID)
	if second.Attempt != 2 {
		t.Fatalf("%+v", second)
	}
	late, now := exited(0), exited(0)
	late.Artefacts = []node.Artefact{artefact("out", []byte("first"))}
	now.Artefacts = []node.Artefact{artefact("out", []byte("second"))}
	if err := w.end(first, late); !errors.Is(err, node.ErrStale) {
		t.Errorf("the first attempt: %v", err)
	}
	if err := w.end(second, now); err != nil {
		t.Fatal(err)
	}
	a, err := w.ReadArtefact(w.as(user), execution.ReadArtefact{ID: first.ID, Path: "out"})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(a); string(b) != "second" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	again, err := w.Retry(w.as(user), execution.Retry{ID: first.ID})
	if err != nil {
		t.Fatal(err)
	}
	if in := w.nodes.sent[again.ID].in; in.Artefacts == nil || in.Artefacts.Patterns[0] != "out" {
		t.Errorf("a retry asks for %+v", in.Artefacts)
	}
}

func TestArtefactsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.offering(1, "gvisor")
	user := ident.New()
	for _, patterns := range [][]string{{"../x"}, {"/etc/passwd"}, {"["}, strings.Split(strings.Repeat("a ", 40), " ")} {
		if _, err := w.Submit(w.as(user), leaving(patterns...)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", patterns, err)
		}
	}
	w.limits["execution.artefacts.max_bytes"] = 0
	if _, err := w.Submit(w.as(user), leaving("out")); !fault.Is(err, "execution.artefacts_not_allowed") || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("at a limit of nothing: %v", err)
	}
	w.limits["execution.artefacts.max_bytes"] = 1
	w.offering(1, "process")
	e := w.submit(user, leaving("out"))
	if err := w.end(e, exited(0)); err != nil {
		t.Fatal(err)
	}
	d, err := w.SubmitAndWait(w.as(user), hello(), time.Nanosecond)
	if err != nil || d.Artefacts != nil {
		t.Errorf("%v, %v", d.Artefacts, err)
	}
}
