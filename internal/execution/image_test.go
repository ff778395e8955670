package execution_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// shelf is a registry with one image under any name but "gone".
type shelf struct{}

func (shelf) Resolve(_ context.Context, ref oci.Reference, access oci.Access) (oci.Image, error) {
	if strings.Contains(ref.String(), "gone") {
		return oci.Image{}, errors.New("the registry does not have it")
	}
	if strings.Contains(ref.String(), "private") && access.Password.Reveal() != "sesame" {
		return oci.Image{}, errors.New("the registry wants credentials")
	}
	return oci.Image{
		Digest: digest(1), Platforms: []string{"linux/amd64"}, Bytes: 1000, Command: []string{"python3"}, Env: []string{"PATH=/usr/local/bin"},
	}, nil
}

func digest(n int) string { return fmt.Sprintf("sha256:%064d", n) }

// keys seal by turning around.
type keys struct{}

func (keys) Seal(plain secret.String, purpose string) []byte { return []byte(purpose + plain.Reveal()) }

func (keys) Open(sealed []byte, purpose string) (secret.String, error) {
	text, ok := strings.CutPrefix(string(sealed), purpose)
	if !ok {
		return secret.String{}, secret.ErrSealed
	}
	return secret.New(text), nil
}

func (n *nodes) KeepImages(_ context.Context, at ident.ID, _ int64, all []node.Image) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.images == nil {
		n.images = map[ident.ID][]node.Image{}
	}
	n.images[at] = all
	return nil
}

func (n *nodes) kept(at ident.ID) []node.Image {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.images[at]
}

func (n *nodes) slot(id ident.ID) execution.Slot {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sent[id].to
}

func slim() execution.CreateRuntime {
	return execution.CreateRuntime{Name: "python", Version: "3.12.8", Reference: "python:3.12-slim", FileName: "main.py"}
}

// image makes a runtime of an image, and tells the nodes.
func (w *world) image(in execution.CreateRuntime) execution.Runtime {
	w.t.Helper()
	r, err := w.CreateRuntime(w.as(ident.New()), in)
	if err != nil {
		w.t.Fatalf("create runtime: %v", err)
	}
	w.KeepImagesOnce(w.t.Context())
	return r
}

func (w *world) says(s node.Session, state string, done int64, reason string) {
	w.ImagesChanged(w.t.Context(), s.NodeID, s.Epoch, []node.ImageStatus{{Digest: digest(1), State: state, Done: done, Total: 1000, Reason: reason}})
}

func (w *world) explained(id ident.ID, user ident.ID) string {
	w.t.Helper()
	d, err := w.Get(w.as(user), execution.Get{ID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return d.Waiting
}

func in312(source string) execution.Submit {
	in := hello()
	in.Runtime, in.Input.Source = "python@3.12", source
	return in
}

func TestAnImageIsARuntimeOnceANodeHasIt(t *testing.T) {
	w := newWorld(t)
	s, user := w.join(2), ident.New()
	r := w.image(slim())
	if r.ID != "python@3.12.8" || r.Digest != digest(1) {
		t.Errorf("made %+v", r)
	}
	if got := w.nodes.kept(s.NodeID); len(got) != 1 || got[0].Reference != "index.docker.io/library/python@"+digest(1) {
		t.Fatalf("the node was asked for %+v", got)
	}
	waiting := w.submit(user, in312("1"))
	if waiting.Status != execution.Queued {
		t.Fatalf("it is %s before any node has the image", waiting.Status)
	}
	w.says(s, node.ImagePulling, 430, "")
	if said := w.explained(waiting.ID, user); said != "Node node-1 is pulling its image (43 %)." {
		t.Errorf("while it is pulled: %q", said)
	}
	w.says(s, node.ImageFailed, 0, "the registry is away")
	if said := w.explained(waiting.ID, user); !strings.Contains(said, "the registry is away") {
		t.Errorf("when it failed: %q", said)
	}
	w.says(s, node.ImageReady, 1000, "")
	w.PullOnce(t.Context())
	got := w.get(waiting.ID)
	if got.Status != execution.Scheduled || got.NodeID != s.NodeID {
		t.Fatalf("when it is ready: %s", got.Status)
	}
	program := w.nodes.slot(waiting.ID).Image
	if program == nil || program.Digest != digest(1) || strings.Join(program.Command, " ") != "python3 main.py" || program.Env["PATH"] != "/usr/local/bin" {
		t.Errorf("the node was told to run %+v", program)
	}
}

// What a node has installed under an image's name is not what was meant.
func TestAnImagesNameMeansTheImage(t *testing.T) {
	w := newWorld(t)
	w.image(slim())
	impostor := node.Session{NodeID: ident.New(), Name: "node-2", Epoch: 1, Slots: 1, Runtimes: []node.Runtime{{Name: "python", Version: "3.12.8", FileName: "main.py"}}}
	if _, err := w.SessionOpened(t.Context(), impostor, nil, nil); err != nil {
		t.Fatal(err)
	}
	if e := w.submit(ident.New(), in312("1")); e.Status != execution.Queued {
		t.Errorf("it is %s", e.Status)
	}
}

func TestARuntimeIsMadeOnceAndRetired(t *testing.T) {
	w := newWorld(t)
	s, user := w.join(1), ident.New()
	w.image(slim())
	w.says(s, node.ImageReady, 1000, "")
	refused := func(code string, in execution.CreateRuntime) {
		t.Helper()
		if _, err := w.CreateRuntime(w.as(user), in); fault.Of(err).Code != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	refused("runtime.exists", slim())
	builtIn, moved, gone := slim(), slim(), slim()
	builtIn.Version = "3.11.2"
	refused("runtime.exists", builtIn)
	moved.Version, moved.Digest = "3.12.9", digest(2)
	refused("runtime.digest_mismatch", moved)
	gone.Version, gone.Reference = "3.12.9", "gone"
	refused("runtime.image_unreadable", gone)
	refused("runtime.invalid", execution.CreateRuntime{Name: "Py thon", Version: "@", Reference: "a b", FileName: "../x", Command: []string{""}})

	running, waiting := w.submit(user, in312("1")), w.submit(user, in312("2"))
	if err := w.RemoveRuntime(w.as(user), execution.RemoveRuntime{Runtime: "python@3.12.8"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Submit(w.as(user), in312("3")); fault.Of(err).Code != "execution.unknown_runtime" {
		t.Errorf("after it was retired: %v", err)
	}
	w.KeepImagesOnce(t.Context())
	if got := w.nodes.kept(s.NodeID); len(got) != 1 {
		t.Errorf("the node may forget the image while somebody waits: %+v", got)
	}
	for _, e := range []execution.Execution{running, waiting} {
		w.PullOnce(t.Context())
		if err := w.end(w.get(e.ID), exited(0)); err != nil {
			t.Fatal(err)
		}
	}
	w.KeepImagesOnce(t.Context())
	if got := w.nodes.kept(s.NodeID); len(got) != 0 {
		t.Errorf("the node keeps %+v", got)
	}
	refused("runtime.exists", slim())
	if err := w.RemoveRuntime(w.as(user), execution.RemoveRuntime{Runtime: python}); fault.Of(err).Code != "runtime.built_in" {
		t.Errorf("a built-in one: %v", err)
	}
	if err := w.RemoveRuntime(w.as(user), execution.RemoveRuntime{Runtime: "no@1"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("none: %v", err)
	}
}

func TestAPasswordReachesNodesAndNobodyElse(t *testing.T) {
	w := newWorld(t)
	s := w.join(1)
	in := slim()
	in.Reference = "registry.example.com/private/python:3"
	in.Username, in.Password = "ann", secret.New("sesame")
	w.image(in)
	got := w.nodes.kept(s.NodeID)
	if len(got) != 1 || got[0].Username != "ann" || got[0].Password.Reveal() != "sesame" {
		t.Errorf("the node was given %+v", got)
	}
	said, err := pg.All[string](t.Context(), w.db, `SELECT e::text FROM event e UNION ALL SELECT a::text FROM audit a`)
	if err != nil || len(said) == 0 {
		t.Fatalf("no events: %v", err)
	}
	if all := strings.Join(said, "\n"); strings.Contains(all, "sesame") {
		t.Errorf("the password is in %s", all)
	}
}
