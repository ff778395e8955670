package execution

import (
	"context"
	"errors"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
)

// Nodes tell how far their images are.
var _ node.ImageUser = (*Slice)(nil)

// KeepImages has every node whose session is here keep the images that are runtimes,
// until ctx ends. It is woken by changes made here; others are seen within seconds.
func (s *Slice) KeepImages(ctx context.Context) {
	lifecycle.Every(ctx, reconcileEvery, s.imagesWanted, func() { s.KeepImagesOnce(ctx) })
}

// KeepImagesOnce tells every node here what it does not know yet.
func (s *Slice) KeepImagesOnce(ctx context.Context) {
	sessions := s.placer.sessions()
	if len(sessions) == 0 {
		return
	}
	wanted, err := s.store.WantedImages(ctx, s.runner.DB)
	if err != nil {
		s.log.WarnContext(ctx, "images of runtimes not read", "error", err)
		return
	}
	for _, id := range sessions {
		s.askFor(ctx, id, wanted)
	}
}

// askFor tells one node, unless it knows already.
func (s *Slice) askFor(ctx context.Context, id ident.ID, wanted []ImageRuntime) {
	epoch, changed := s.placer.want(id, wanted)
	if !changed {
		return
	}
	images := make([]node.Image, 0, len(wanted))
	named := map[string]int{}
	for _, w := range wanted {
		at, ok := named[w.Digest]
		if !ok {
			image, err := w.image(s.keys)
			if err != nil {
				s.log.ErrorContext(ctx, "image of a runtime not readable", "runtime", w.RuntimeID, "error", err)
				continue
			}
			at = len(images)
			named[w.Digest] = at
			images = append(images, image)
		}
		images[at].Runtimes = append(images[at].Runtimes, node.ImageRuntime{Name: w.RuntimeID, Program: *w.program()})
	}
	if err := s.nodes.KeepImages(ctx, id, epoch, images); err != nil {
		s.placer.unwant(id, epoch)
		s.log.WarnContext(ctx, "node not told of its images, trying again", "node", id, "error", err)
	}
}

// reportEvery is how often progress alone is stored.
const reportEvery = time.Second

// ImagesChanged takes in how far a node is. What became ready may have been waited for.
func (s *Slice) ImagesChanged(ctx context.Context, from ident.ID, epoch int64, all []node.ImageStatus) {
	moved, ready, offers := s.placer.prepared(from, epoch, all)
	if !moved && !s.placer.reportDue(from, s.runner.Clock(), reportEvery) {
		return
	}
	if _, err := s.report(asNode(ctx, from), reportImages{Images: all, Offers: offers}); err != nil {
		s.placer.unwant(from, epoch) // asked again, it says so again
		s.log.WarnContext(ctx, "images of a node not stored, asking again", "node", from, "error", err)
	}
	if ready {
		s.catalogue.forget()
		s.signal()
	}
}

// reportImages stores how far a node is.
type reportImages struct {
	Images []node.ImageStatus `json:"images"`
	Offers []ImageOffer       `json:"offers"` // of those that are ready
}

// maxReported bounds what one node can make us store.
const maxReported = 1000

func (s *Slice) storeReport(_ context.Context, tx *command.Tx, in reportImages) (struct{}, error) {
	if tx.Actor.ID.IsZero() || len(in.Images) > maxReported {
		return struct{}{}, errors.New("a report of images by nobody, or of too many")
	}
	s.store.ReportImages(tx.Tx, tx.Actor.ID, in.Images, in.Offers, tx.Now)
	return struct{}{}, nil
}
