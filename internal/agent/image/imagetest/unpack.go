package imagetest

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// Over puts a layer with the entries on top of an image.
func Over(image v1.Image, entries ...Entry) (v1.Image, error) {
	layer, err := Layer(entries...)
	if err != nil {
		return nil, err
	}
	return mutate.AppendLayers(image, layer)
}

// Unpack writes the files and links of an image of this package below a new folder, without a registry.
func Unpack(image v1.Image, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // runs read it, as nobody
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	flat := mutate.Extract(image)
	defer flat.Close()
	for r := tar.NewReader(flat); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = unpack(root, h, r)
		}
		if err != nil {
			return fmt.Errorf("unpack an image: %w", err)
		}
	}
}

func unpack(root *os.Root, h *tar.Header, from io.Reader) error {
	if err := root.MkdirAll(path.Dir(h.Name), 0o755); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(path.Clean(h.Name), 0o755)
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, h.Name)
	}
	f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, h.FileInfo().Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
