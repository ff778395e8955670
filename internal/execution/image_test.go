package execution_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	return d.Waiting.Message
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

// An image runs in class gvisor on the nodes whose own programs do.
func TestAnImageHasTheClassesOfItsNodes(t *testing.T) {
	w := newWorld(t)
	weak, strong := w.offering(2, "process", "fresh"), w.offering(2, "process", "fresh", "gvisor")
	w.image(slim())
	classes := func() []string {
		t.Helper()
		all, err := w.Runtimes(w.as(ident.New()), struct{}{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range all {
			if r.ID == "python@3.12.8" {
				for _, c := range r.Classes {
					names = append(names, string(c))
				}
			}
		}
		slices.Sort(names)
		return names
	}
	in312 := in312("1")
	in312.Class = execution.ClassGVisor
	w.says(weak, node.ImageReady, 1000, "")
	if got := classes(); !slices.Equal(got, []string{"fresh"}) {
		t.Errorf("with one node it has %v", got)
	}
	if _, err := w.Submit(w.as(ident.New()), in312); fault.Of(err).Code != "execution.class_not_offered" {
		t.Errorf("with one node: %v", err)
	}
	w.says(strong, node.ImageReady, 1000, "")
	if got := classes(); !slices.Equal(got, []string{"fresh", "gvisor"}) {
		t.Errorf("with both nodes it has %v", got)
	}
	if e := w.submit(ident.New(), in312); e.NodeID != strong.NodeID || w.nodes.slot(e.ID).Image == nil {
		t.Errorf("it went to %v, want %v", e.NodeID, strong.NodeID)
	}
}

// A node that found out how an image's programs run there says so: they are placed by it, and who asks for more hears why not.
func TestAnImageRunsAsItsNodesFoundOut(t *testing.T) {
	w := newWorld(t)
	forks, not := w.offering(2, "process", "fresh"), w.offering(2, "fresh")
	for _, s := range []node.Session{forks, not} {
		if _, err := w.db.Exec(t.Context(), `INSERT INTO node (id, name, status, enrolled_at, version) VALUES ($1, $2, 'ready', now(), 1)`, s.NodeID, s.Name); err != nil {
			t.Fatal(err)
		}
	}
	w.image(slim())
	ready := func(s node.Session, all ...node.RuntimeClasses) {
		w.ImagesChanged(t.Context(), s.NodeID, s.Epoch, []node.ImageStatus{{Digest: digest(1), State: node.ImageReady, Runtimes: all}})
	}
	fresh := node.RuntimeClasses{Runtime: "python@3.12.8", Classes: []string{"fresh", "none"}, Reason: "its libc is odd" + strings.Repeat("!", 1000)}
	ready(not, node.RuntimeClasses{Runtime: "python@3.13.0", Classes: []string{"process"}})
	if e := w.submit(ident.New(), in312("1")); e.Status != execution.Queued {
		t.Errorf("before it is known how it runs, it is %s", e.Status)
	} else if said := w.explained(e.ID, e.OwnerID); !strings.Contains(said, "tries how it runs") {
		t.Errorf("it waits because %q", said)
	}
	ready(not, fresh)
	w.PullOnce(t.Context())
	asks := in312("1")
	asks.Class = execution.ClassProcess
	_, err := w.Submit(w.as(ident.New()), asks)
	if f := fault.Of(err); f.Code != "execution.class_not_offered" || !strings.Contains(f.Message, "There is fresh. Node "+not.Name+": its libc is odd!") {
		t.Errorf("with a node that cannot: %v", err)
	}
	ready(forks, node.RuntimeClasses{Runtime: "python@3.12.8", Classes: []string{"process", "fresh"}})
	for range 2 {
		if e := w.submit(ident.New(), asks); e.Class != execution.ClassProcess || e.NodeID != forks.NodeID {
			t.Errorf("asked for, it is class %q on %v", e.Class, e.NodeID)
		}
	}
	if e := w.submit(ident.New(), in312("1")); e.Class != execution.ClassProcess || e.Status != execution.Queued {
		t.Errorf("by default it is class %q and %s", e.Class, e.Status)
	}
	nodes, err := w.RuntimeNodes(w.as(ident.New()), struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		wants := []execution.Class{execution.ClassProcess, execution.ClassFresh}
		if n.NodeID == not.NodeID {
			wants = wants[1:]
		}
		if !slices.Equal(n.Classes, wants) || (n.ClassReason != "") != (n.NodeID == not.NodeID) || len(n.ClassReason) > 300 {
			t.Errorf("%s is said to run it in %v, because %q", n.Node, n.Classes, n.ClassReason)
		}
	}
	if got := w.nodes.kept(forks.NodeID)[0].Runtimes; len(got) != 1 || got[0].Name != "python@3.12.8" || strings.Join(got[0].Program.Command, " ") != "python3 main.py" {
		t.Errorf("the node was told of %+v", got)
	}
}

func TestARuntimesEgressIsItsRunsDefault(t *testing.T) {
	w := newWorld(t)
	s, user := w.join(8), ident.New()
	offer := slim()
	offer.Egress = []string{"PyPI.org:443", "10.1.0.0/16:5432", "example.com:80"}
	if r := w.image(offer); !slices.Equal(r.Egress, []string{"pypi.org:443", "10.1.0.0/16:5432", "example.com:80"}) {
		t.Errorf("made with %v", r.Egress)
	}
	w.says(s, node.ImageReady, 1000, "")
	allow := func(change func(*execution.Submit)) []string {
		t.Helper()
		in := in312("1")
		change(&in)
		e := w.submit(user, in)
		if !e.Network {
			return nil
		}
		return w.egress(user, e.ID).Allow
	}
	plain := func(*execution.Submit) {}
	if got := allow(plain); got != nil {
		t.Errorf("where nothing is allowed it may reach %v", got)
	}
	w.limits["execution.egress.allowed"] = 1 // *:443 and 10.0.0.0/8
	if got := allow(plain); !slices.Equal(got, []string{"pypi.org:443"}) {
		t.Errorf("without private addresses it may reach %v", got)
	}
	w.limits["execution.egress.private"] = 1
	if got := allow(plain); !slices.Equal(got, []string{"pypi.org:443", "10.1.0.0/16:5432"}) {
		t.Errorf("by its runtime's list it may reach %v", got)
	}
	if got := allow(func(in *execution.Submit) { in.Egress = []string{"example.com:443"} }); !slices.Equal(got, []string{"example.com:443"}) {
		t.Errorf("by its own list it may reach %v", got)
	}
	in := in312("1")
	in.Egress = []string{execution.NoEgress}
	without := w.submit(user, in)
	if without.Network {
		t.Error("it asked for none, and has a network")
	}
	if err := w.end(without, exited(0)); err != nil {
		t.Fatal(err)
	}
	if again, err := w.Retry(w.as(user), execution.Retry{ID: without.ID}); err != nil || again.Network {
		t.Errorf("once more: %v, with a network: %v", err, again.Network)
	}
	if _, err := w.UpdateRuntime(w.as(user), execution.UpdateRuntime{Runtime: "python@3.12.8", Egress: &[]string{"example.com:443"}}); err != nil {
		t.Fatal(err)
	}
	if got := allow(plain); !slices.Equal(got, []string{"example.com:443"}) {
		t.Errorf("by its runtime's later list it may reach %v", got)
	}
	bad := offer
	bad.Version, bad.Egress = "3.12.9", []string{"a b"}
	if _, err := w.CreateRuntime(w.as(user), bad); fault.Of(err).Code != "execution.egress_invalid" {
		t.Errorf("with a list that cannot be read: %v", err)
	}
}
