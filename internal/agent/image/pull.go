package image

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/platform/oci"
)

// fetch pulls an image's layers into rootfs, the lowest first, and returns how many
// bytes its files have. Each layer is checked against its digest while it is read.
func (s *Store) fetch(ctx context.Context, ref Ref, rootfs *os.Root, progress func(done, total int64)) (int64, error) {
	image, err := oci.Open(ctx, ref.Reference, ref.Access)
	if err != nil {
		return 0, err
	}
	manifest, err := image.Manifest()
	if err != nil {
		return 0, fmt.Errorf("read the image's manifest: %w", err)
	}
	if len(manifest.Layers) > maxLayers {
		return 0, fmt.Errorf("the image has %d layers, more than %d", len(manifest.Layers), maxLayers)
	}
	var total int64
	for _, l := range manifest.Layers {
		total += l.Size
	}
	layers, err := image.Layers()
	if err != nil {
		return 0, fmt.Errorf("read the image's layers: %w", err)
	}
	bounds := s.config.Bounds
	bounds.Bytes = min(bounds.Bytes, s.config.MaxBytes, free(s.config.Dir)-spare)
	if bounds.Bytes <= 0 {
		return 0, fmt.Errorf("the disk of the node has less than %d MiB left", spare>>20)
	}
	var sent atomic.Int64
	u := &unpacker{root: rootfs, bounds: bounds, sent: sent.Load}
	for i, l := range layers {
		if err := u.layerOf(ctx, l, func(n int) { progress(sent.Add(int64(n)), total) }); err != nil {
			return 0, fmt.Errorf("layer %d of %d: %w", i+1, len(layers), err)
		}
	}
	return u.bytes, nil
}

// maxLayers is more than any builder makes.
const maxLayers = 256

// layerOf applies one layer as it arrives.
func (u *unpacker) layerOf(ctx context.Context, l v1.Layer, arrived func(n int)) error {
	sent, err := l.Compressed()
	if err != nil {
		return fmt.Errorf("read layer: %w", err)
	}
	defer sent.Close()
	follow := &follower{ctx, sent, arrived}
	plain, err := decompress(follow)
	if err != nil {
		return fmt.Errorf("read layer: %w", err)
	}
	defer plain.Close()
	if err := u.apply(plain); err != nil {
		return err
	}
	// To the very end, for that is where the digest is compared.
	if _, err := io.Copy(io.Discard, follow); err != nil {
		return fmt.Errorf("read layer: %w", err)
	}
	return nil
}

// follower tells how much has come, and ends with its context.
type follower struct {
	ctx     context.Context //nolint:containedctx // of one read stream
	from    io.Reader
	arrived func(n int)
}

func (f *follower) Read(b []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := f.from.Read(b)
	f.arrived(n)
	return n, err
}

// free is what an unprivileged user may still write to the disk, in bytes.
func free(dir string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0
	}
	return int64(st.Bavail) * st.Bsize //nolint:gosec // fits
}
