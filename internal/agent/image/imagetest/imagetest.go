// Package imagetest makes small images out of this machine's programs, and a real
// registry in this process to keep them in.
package imagetest

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Registry serves images over plain HTTP on loopback until closed.
type Registry struct {
	*httptest.Server
}

// NewRegistry starts one.
func NewRegistry() *Registry {
	return &Registry{httptest.NewServer(registry.New(registry.Logger(slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo))))}
}

// Host is its address, "127.0.0.1:port".
func (r *Registry) Host() string { return strings.TrimPrefix(r.URL, "http://") }

// Push puts an image there and returns its reference by tag, and its digest.
func (r *Registry) Push(repository, tag string, image v1.Image) (reference, digest string, err error) {
	reference = r.Host() + "/" + repository + ":" + tag
	to, err := name.ParseReference(reference, name.Insecure)
	if err != nil {
		return "", "", err
	}
	if err := remote.Write(to, image); err != nil {
		return "", "", err
	}
	hash, err := image.Digest()
	return reference, hash.String(), err
}

// Entry is one thing in a layer.
type Entry struct {
	Header  tar.Header
	Content []byte
}

// File is a regular file.
func File(name, content string) Entry {
	return Entry{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644}, []byte(content)}
}

// Layer packs entries in their order.
func Layer(entries ...Entry) (v1.Layer, error) {
	packed, err := Tar(entries...)
	if err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(packed)), nil })
}

// Tar packs entries as they are, however strange.
func Tar(entries ...Entry) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		e.Header.Size = int64(len(e.Content))
		if err := w.WriteHeader(&e.Header); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.Content); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), w.Close()
}

// Image has the layers, the lowest first, for this machine's architecture.
func Image(config v1.Config, layers ...v1.Layer) (v1.Image, error) {
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		OS: "linux", Architecture: runtime.GOARCH, Config: config, RootFS: v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, err
	}
	return mutate.AppendLayers(image, layers...)
}

// Bash is an image with nothing but a shell, its libraries and what extra says.
func Bash(extra ...Entry) (v1.Image, error) {
	files, err := withLibraries("/bin/bash")
	if err != nil {
		return nil, err
	}
	entries := []Entry{
		{Header: tar.Header{Typeflag: tar.TypeDir, Name: "usr/bin/", Mode: 0o755}},
		{Header: tar.Header{Typeflag: tar.TypeSymlink, Name: "bin", Linkname: "/usr/bin"}},
	}
	for _, from := range files {
		content, err := os.ReadFile(from)
		if err != nil {
			return nil, err
		}
		to := strings.TrimPrefix(from, "/")
		if from == "/bin/bash" {
			to = "usr/bin/bash"
		}
		entries = append(entries, Entry{tar.Header{Typeflag: tar.TypeReg, Name: to, Mode: 0o755}, content})
	}
	layer, err := Layer(append(entries, extra...)...)
	if err != nil {
		return nil, err
	}
	return Image(v1.Config{Cmd: []string{"bash"}, Env: []string{"PATH=/usr/bin:/bin", "FROM_IMAGE=yes"}}, layer)
}

// Python is an image with the machine's own Python ("/usr/bin/python3.11") as a distribution has it: links, a
// standard library, modules in C with libraries of their own. It is some 20 MB. Tools ("/usr/bin/cat") go with it.
func Python(program string, tools ...string) (v1.Image, error) {
	var files []string
	for _, program := range append([]string{program}, tools...) {
		more, err := withLibraries(program)
		if err != nil {
			return nil, err
		}
		files = join(files, more)
	}
	library := "/usr/lib/" + filepath.Base(program)
	err := filepath.WalkDir(library, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "test" || d.Name() == "__pycache__" || strings.HasPrefix(d.Name(), "config-")):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".so"):
			more, err := withLibraries(name)
			files = join(files, more)
			return err
		case d.Type().IsRegular():
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	short := filepath.Base(program)
	entries := []Entry{{Header: tar.Header{Typeflag: tar.TypeSymlink, Name: "usr/local/bin/python3", Linkname: "../../bin/" + short}}}
	for _, from := range files {
		content, err := os.ReadFile(from)
		if err != nil {
			return nil, err
		}
		entries = append(entries, Entry{tar.Header{Typeflag: tar.TypeReg, Name: strings.TrimPrefix(from, "/"), Mode: 0o755}, content})
	}
	layer, err := Layer(entries...)
	if err != nil {
		return nil, err
	}
	return Image(v1.Config{Cmd: []string{"python3"}, Env: []string{"PATH=/usr/local/bin:/usr/bin:/bin", "PYTHON_VERSION=image"}}, layer)
}

// join adds to a list what it does not have.
func join(list, more []string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// withLibraries lists a program, its loader, and the libraries that both need.
func withLibraries(program string) ([]string, error) {
	files := []string{program}
	for i := 0; i < len(files); i++ {
		f, err := elf.Open(files[i])
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", files[i], err)
		}
		needed, err := f.ImportedLibraries()
		if err == nil && i == 0 && f.Section(".interp") != nil {
			loader, failed := interpreter(f)
			needed, err = append(needed, loader), failed
		}
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", files[i], err)
		}
		for _, name := range needed {
			found, err := library(name)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(files, found) {
				files = append(files, found)
			}
		}
	}
	return files, nil
}

func interpreter(f *elf.File) (string, error) {
	b, err := f.Section(".interp").Data()
	return strings.TrimRight(string(b), "\x00"), err
}

func library(name string) (string, error) {
	for _, pattern := range []string{"", "/lib64/", "/lib/*-linux-gnu/", "/usr/lib/*-linux-gnu/", "/lib/", "/usr/lib/"} {
		if found, err := filepath.Glob(pattern + name); err == nil && len(found) > 0 && filepath.IsAbs(found[0]) {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("no library %s on this machine", name)
}

// NewLiar serves what another registry has under one digest when it is asked for another.
func NewLiar(truth *Registry, has, asked string) *Registry {
	target, _ := url.Parse(truth.URL) // made by httptest
	proxy := httputil.NewSingleHostReverseProxy(target)
	return &Registry{httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.Replace(r.URL.Path, asked, has, 1)
		proxy.ServeHTTP(w, r)
	}))}
}
