package execution

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// prepared is a runtime that is an image, on one node.
type prepared struct {
	program *node.ImageProgram
	status  node.ImageStatus
}

// slot is the place for one attempt there.
func (n *Candidate) slot(runtime string) Slot {
	return Slot{NodeID: n.NodeID, Epoch: n.Epoch, Image: n.images[runtime].program}
}

// slotOn is the place that an attempt has on a node already, if the node is known to
// have the runtime at all.
func (p *placer) slotOn(id ident.ID, runtime string) (Slot, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, ok := p.nodes[id]
	if !ok {
		return Slot{}, false
	}
	_, image := n.images[runtime]
	return n.slot(runtime), image || n.has(runtime)
}

// want notes what a node is to have ready, and tells whether it has to be told.
func (p *placer) want(id ident.ID, wanted []ImageRuntime) (epoch int64, changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, ok := p.nodes[id]
	if !ok {
		return 0, false
	}
	known := map[string]node.ImageStatus{}
	for runtime, one := range n.images {
		known[one.program.Digest] = one.status
		n.offer(runtime, false, nil)
	}
	n.images = map[string]prepared{}
	asked := map[string]bool{}
	for _, w := range wanted {
		n.images[w.RuntimeID] = prepared{w.program(), known[w.Digest]}
		asked[w.RuntimeID] = true
	}
	n.offerReady()
	changed = n.asked == nil || !maps.Equal(asked, n.asked)
	n.asked = asked
	return n.Epoch, changed
}

// offerReady puts the images that are ready beside what the node has installed. A name
// that is an image's means the image, whatever is installed under it.
func (n *Candidate) offerReady() {
	for runtime := range n.images {
		offer, ready := n.imageOffer(runtime)
		n.offer(runtime, ready, offer.Classes)
	}
}

// offer adds or removes a runtime that is an image.
func (n *Candidate) offer(runtime string, ready bool, classes []Class) {
	n.Runtimes = slices.DeleteFunc(n.Runtimes, func(r string) bool { return r == runtime })
	delete(n.Classes, runtime)
	if ready {
		n.Runtimes = append(n.Runtimes, runtime)
		n.Classes[runtime] = classes
	}
}

// imageOffer is how the node runs a runtime that is an image, as its agent has found out; false until it can. An agent
// that is too old to find out runs it fresh, and under gvisor where what is installed runs in that.
func (n *Candidate) imageOffer(runtime string) (ImageOffer, bool) {
	offer, status := ImageOffer{RuntimeID: runtime}, n.images[runtime].status
	switch {
	case status.State != node.ImageReady:
		return offer, false
	case len(status.Runtimes) == 0:
		offer.Classes, offer.Reason = []Class{ClassFresh}, "its agent is of an older version"
		if n.gvisor {
			offer.Classes = append(offer.Classes, ClassGVisor)
		}
		return offer, true
	}
	i := slices.IndexFunc(status.Runtimes, func(r node.RuntimeClasses) bool { return r.Runtime == runtime })
	if i < 0 {
		return offer, false
	}
	for _, name := range status.Runtimes[i].Classes {
		if c := Class(name); c.rank() >= 0 && !slices.Contains(offer.Classes, c) {
			offer.Classes = append(offer.Classes, c)
		}
	}
	if !slices.Contains(offer.Classes, ClassProcess) {
		reason := []rune(status.Runtimes[i].Reason)
		offer.Reason = string(reason[:min(len(reason), maxClassReason)])
	}
	return offer, true
}

// maxClassReason bounds what a node says, in characters.
const maxClassReason = 300

// has tells whether the node can run it now.
func (n *Candidate) has(runtime string) bool { return slices.Contains(n.Runtimes, runtime) }

// unwant forgets that a node was told.
func (p *placer) unwant(id ident.ID, epoch int64) {
	p.change(id, func(n *Candidate) {
		if n.Epoch == epoch {
			n.asked = nil
		}
	})
}

// prepared takes in how far a node is: whether any state changed, whether a runtime can be had or had otherwise, and how
// those run that can.
func (p *placer) prepared(id ident.ID, epoch int64, all []node.ImageStatus) (moved, ready bool, offers []ImageOffer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, ok := p.nodes[id]
	if !ok || n.Epoch != epoch {
		return false, false, nil
	}
	now := map[string]node.ImageStatus{}
	for _, s := range all {
		now[s.Digest] = s
	}
	for runtime, one := range n.images {
		before, had := n.imageOffer(runtime)
		moved = moved || now[one.program.Digest].State != one.status.State
		one.status = now[one.program.Digest]
		n.images[runtime] = one
		offer, has := n.imageOffer(runtime)
		if has && (!had || offer.Reason != before.Reason || !slices.Equal(offer.Classes, before.Classes)) {
			moved, ready = true, true
		}
		if has {
			offers = append(offers, offer)
		}
	}
	n.offerReady()
	return moved, ready, offers
}

// reportDue tells whether a node's progress is to be stored again.
func (p *placer) reportDue(id ident.ID, now time.Time, every time.Duration) (due bool) {
	p.change(id, func(n *Candidate) {
		if due = now.Sub(n.reported) >= every; due {
			n.reported = now
		}
	})
	return due
}

// preparing says which nodes will have a runtime, and how far they are. The caller holds mu.
func (p *placer) preparing(runtime string) string {
	var said []string
	for _, n := range p.nodes {
		one, ok := n.images[runtime]
		if !ok {
			continue
		}
		switch s := one.status; s.State {
		case node.ImagePulling:
			said = append(said, fmt.Sprintf("%s is pulling its image (%d %%)", n.Name, percent(s.Done, s.Total)))
		case node.ImageFailed:
			said = append(said, fmt.Sprintf("%s could not pull its image and tries again: %s", n.Name, s.Reason))
		case node.ImageReady:
			said = append(said, n.Name+" tries how it runs")
		default:
			said = append(said, n.Name+" will pull its image")
		}
	}
	if len(said) == 0 {
		return ""
	}
	slices.Sort(said)
	return "Node " + strings.Join(said[:min(len(said), 3)], "; node ") + "."
}

func percent(done, total int64) int64 {
	if total <= 0 {
		return 0
	}
	return min(100, 100*done/total)
}
