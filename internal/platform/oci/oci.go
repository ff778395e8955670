// Package oci reads container images from registries: what a reference means now,
// and its layers by digest. It never uses credentials of this machine, and speaks
// plain HTTP only when told to.
package oci

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/stoa-cloud/stoa/internal/platform/plain"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Access is how a registry is reached. The zero Access is anonymous, over TLS.
type Access struct {
	Username string
	Password secret.String
	Insecure bool // plain HTTP is allowed
}

// Reference is an image in a registry: "registry.example.com/team/python:3.12" or with a digest.
type Reference struct{ parsed name.Reference }

// Parse reads a reference. Without a registry it is Docker Hub's, without a tag “latest”.
func Parse(text string) (Reference, error) {
	parsed, err := name.ParseReference(text)
	if err != nil {
		return Reference{}, fmt.Errorf("%q is no image reference; one looks like python:3.12-slim or registry.example.com/team/image:tag", text)
	}
	return Reference{parsed}, nil
}

// String is the reference with everything that was left out.
func (r Reference) String() string { return r.parsed.Name() }

// Registry is the host that has the image.
func (r Reference) Registry() string { return r.parsed.Context().RegistryStr() }

// Digest is the digest that the reference names, or empty.
func (r Reference) Digest() string {
	if d, ok := r.parsed.(name.Digest); ok {
		return d.DigestStr()
	}
	return ""
}

// At is the same repository, by digest ("sha256:…").
func (r Reference) At(digest string) (Reference, error) {
	if _, err := v1.NewHash(digest); err != nil {
		return Reference{}, fmt.Errorf("%q is no digest: %w", digest, err)
	}
	return Reference{r.parsed.Context().Digest(digest)}, nil
}

// over is the reference with the transport that access allows.
func (r Reference) over(access Access) name.Reference {
	if !access.Insecure {
		return r.parsed
	}
	plain, err := name.ParseReference(r.parsed.Name(), name.Insecure)
	if err != nil {
		return r.parsed
	}
	return plain
}

// Image is what a reference meant when it was asked.
type Image struct {
	Digest    string   // of the index when the image is made for several platforms
	Platforms []string // "linux/amd64"
	Bytes     int64    // of its layers as they are sent, for one platform
	Command   []string // entrypoint and command
	Env       []string // "PATH=/usr/local/bin:…"
}

// Resolve asks the registry what the reference means.
func Resolve(ctx context.Context, ref Reference, access Access) (Image, error) {
	options := access.options(ctx)
	found, err := remote.Get(ref.over(access), options...)
	if err != nil {
		return Image{}, explain(ref, access, err)
	}
	described := Image{Digest: found.Digest.String()}
	image, platform, err := choose(found)
	if err != nil {
		return Image{}, explain(ref, access, err)
	}
	described.Platforms = platform
	manifest, err := image.Manifest()
	if err != nil {
		return Image{}, explain(ref, access, err)
	}
	for _, l := range manifest.Layers {
		described.Bytes += l.Size
	}
	config, err := image.ConfigFile()
	if err != nil {
		return Image{}, explain(ref, access, err)
	}
	if len(described.Platforms) == 0 {
		described.Platforms = []string{config.OS + "/" + config.Architecture}
	}
	described.Command = append(slices.Clone(config.Config.Entrypoint), config.Config.Cmd...)
	described.Env = config.Config.Env
	return described, nil
}

// choose takes the image for this machine's architecture, or the first for Linux.
func choose(found *remote.Descriptor) (v1.Image, []string, error) {
	if !found.MediaType.IsIndex() {
		image, err := found.Image()
		return image, nil, err
	}
	index, err := found.ImageIndex()
	if err != nil {
		return nil, nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, nil, err
	}
	var platforms []string
	var best *v1.Descriptor
	for i, m := range manifest.Manifests {
		if m.Platform == nil || m.Platform.OS != "linux" {
			continue
		}
		platforms = append(platforms, m.Platform.OS+"/"+m.Platform.Architecture)
		if best == nil || m.Platform.Architecture == runtime.GOARCH && best.Platform.Architecture != runtime.GOARCH {
			best = &manifest.Manifests[i]
		}
	}
	if best == nil {
		return nil, nil, errors.New("it has no image for Linux")
	}
	image, err := index.Image(best.Digest)
	return image, slices.Compact(platforms), err
}

// Open gives the image that the digest in ref names, for this machine's architecture.
// Everything that is read of it is checked against the digest.
func Open(ctx context.Context, ref Reference, access Access) (v1.Image, error) {
	if ref.Digest() == "" {
		return nil, fmt.Errorf("%s names no digest", ref)
	}
	options := append(access.options(ctx), remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}))
	image, err := remote.Image(ref.over(access), options...)
	if err != nil {
		return nil, explain(ref, access, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, explain(ref, access, err)
	}
	if config.OS != "linux" || config.Architecture != runtime.GOARCH {
		return nil, fmt.Errorf("%s is for %s/%s, and this machine is linux/%s", ref, config.OS, config.Architecture, runtime.GOARCH)
	}
	return image, nil
}

func (a Access) options(ctx context.Context) []remote.Option {
	base := remote.DefaultTransport.(*http.Transport).Clone()
	base.ResponseHeaderTimeout = 30 * time.Second
	auth := authn.Anonymous
	if a.Username != "" {
		auth = authn.FromConfig(authn.AuthConfig{Username: a.Username, Password: a.Password.Reveal()})
	}
	return []remote.Option{
		remote.WithContext(ctx), remote.WithAuth(auth), remote.WithTransport(guard{base, a.Insecure}), remote.WithUserAgent("stoa"),
		remote.WithRetryBackoff(remote.Backoff{Duration: 200 * time.Millisecond, Factor: 3, Jitter: 0.1, Steps: 3}),
	}
}

// errPlain says that a registry would have been asked without TLS.
var errPlain = errors.New("the registry speaks no TLS")

// guard keeps requests, redirected ones too, from going out in plain text.
type guard struct {
	*http.Transport
	insecure bool
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !g.insecure {
		return nil, errPlain
	}
	return g.Transport.RoundTrip(r)
}

// explain says what went wrong in one line that has no secret in it.
func explain(ref Reference, access Access, err error) error {
	var answer *transport.Error
	var network interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, errPlain):
		return fmt.Errorf("%s is not reached over TLS; allow plain HTTP for it (insecure) if that is meant", ref.Registry())
	case errors.As(err, &answer):
		switch answer.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			if access.Username == "" {
				return fmt.Errorf("%s wants credentials for %s, or does not have it", ref.Registry(), ref)
			}
			return fmt.Errorf("%s refused the credentials of %s for %s", ref.Registry(), access.Username, ref)
		case http.StatusNotFound:
			return fmt.Errorf("%s does not have %s", ref.Registry(), ref)
		}
		return fmt.Errorf("%s answered %d for %s", ref.Registry(), answer.StatusCode, ref)
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%s did not answer in time", ref.Registry())
	}
	return fmt.Errorf("read %s: %s", ref, firstLine(err.Error()))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return plain.Line(line, 300)
}

// Registry asks registries over the network.
type Registry struct{}

// Resolve is the package's Resolve.
func (Registry) Resolve(ctx context.Context, ref Reference, access Access) (Image, error) {
	return Resolve(ctx, ref, access)
}
