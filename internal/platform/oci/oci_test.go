package oci_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/stoa-cloud/stoa/internal/platform/oci"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// shelf is a registry that wants a password, with one image in it.
func shelf(t *testing.T, password string) (host, digest string) {
	t.Helper()
	inner := registry.New(registry.Logger(slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, given, _ := r.BasicAuth(); given != password && password != "" && r.Header.Get("Setup") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="shelf"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	host = strings.TrimPrefix(server.URL, "http://")
	image, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	image, err = mutate.ConfigFile(image, &v1.ConfigFile{
		OS: "linux", Architecture: runtime.GOARCH, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{Entrypoint: []string{"/bin/py"}, Cmd: []string{"-u"}, Env: []string{"PATH=/bin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	to, err := name.ParseReference(host+"/team/py:3", name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(to, image, remote.WithTransport(setup{})); err != nil {
		t.Fatal(err)
	}
	hash, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return host, hash.String()
}

type setup struct{}

func (setup) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Setup", "yes")
	return http.DefaultTransport.RoundTrip(r)
}

func parse(t *testing.T, text string) oci.Reference {
	t.Helper()
	ref, err := oci.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestATagBecomesADigest(t *testing.T) {
	host, digest := shelf(t, "")
	ref := parse(t, host+"/team/py:3")
	access := oci.Access{Insecure: true}
	got, err := oci.Resolve(t.Context(), ref, access)
	if err != nil {
		t.Fatal(err)
	}
	got.Bytes = 0
	want := oci.Image{Digest: digest, Platforms: []string{"linux/" + runtime.GOARCH}, Command: []string{"/bin/py", "-u"}, Env: []string{"PATH=/bin"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	pinned, err := ref.At(digest)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oci.Open(t.Context(), pinned, access); err != nil {
		t.Error(err)
	}
	if _, err := oci.Open(t.Context(), ref, access); err == nil {
		t.Error("a tag was opened; only digests say what will run")
	}
	other, err := ref.At("sha256:" + strings.Repeat("0", 64))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := oci.Open(t.Context(), other, access); err == nil || !strings.Contains(err.Error(), "does not have") {
		t.Errorf("an unknown digest: %v", err)
	}
}

func TestPlainHTTPMustBeAskedFor(t *testing.T) {
	host, _ := shelf(t, "")
	_, err := oci.Resolve(t.Context(), parse(t, host+"/team/py:3"), oci.Access{})
	if err == nil || !strings.Contains(err.Error(), "insecure") {
		t.Errorf("got %v", err)
	}
}

func TestCredentialsAreUsedAndNeverShown(t *testing.T) {
	host, _ := shelf(t, "open-sesame")
	ref := parse(t, host+"/team/py:3")
	for _, c := range []struct {
		name   string
		access oci.Access
		says   string
	}{
		{"none", oci.Access{Insecure: true}, "wants credentials"},
		{"wrong", oci.Access{Insecure: true, Username: "ann", Password: secret.New("close-sesame")}, "refused the credentials of ann"},
		{"right", oci.Access{Insecure: true, Username: "ann", Password: secret.New("open-sesame")}, ""},
	} {
		_, err := oci.Resolve(t.Context(), ref, c.access)
		switch {
		case c.says == "" && err != nil, c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: got %v, want %q", c.name, err, c.says)
		case err != nil && strings.Contains(err.Error(), "sesame"), strings.Contains(fmt.Sprintf("%+v", c.access), "sesame"):
			t.Errorf("%s: the password shows", c.name)
		}
	}
}

func TestReferences(t *testing.T) {
	for text, want := range map[string]string{
		"python":                     "index.docker.io/library/python:latest",
		"python:3.12-slim":           "index.docker.io/library/python:3.12-slim",
		"registry.example.com/a/b:1": "registry.example.com/a/b:1",
		"":                           "",
		"UPPER/case":                 "",
		"a b":                        "",
		"x@sha256:12":                "",
	} {
		ref, err := oci.Parse(text)
		if want == "" {
			if err == nil {
				t.Errorf("%q is taken for %s", text, ref)
			}
			continue
		}
		if err != nil || ref.String() != want {
			t.Errorf("%q: %v, %v", text, ref, err)
		}
	}
}
