package stoa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
)

// Artefacts lists what an execution left behind, and what it was asked to and did not. Both are empty until it has ended.
func (s *Executions) Artefacts(ctx context.Context, id string) (*ArtefactList, error) {
	var out ArtefactList
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: executionPath(id) + "/artefacts"}, &out)
	return &out, err
}

// Artefact reads one of them. The caller closes it.
func (s *Executions) Artefact(ctx context.Context, id, path string) (io.ReadCloser, error) {
	resp, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: executionPath(id) + "/artefacts/content", query: url.Values{"path": {path}}})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// ArtefactArchive reads all of them as a tar archive. The caller closes it.
func (s *Executions) ArtefactArchive(ctx context.Context, id string) (io.ReadCloser, error) {
	resp, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: executionPath(id) + "/artefacts/archive"})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// SaveArtefacts writes what an execution left behind below a folder, which is made if it is missing, and tells what it
// wrote. Nothing is written outside of the folder, whatever the names are and whatever links lie in it; files that are
// there are replaced.
func (s *Executions) SaveArtefacts(ctx context.Context, id, dir string) (*ArtefactList, error) {
	all, err := s.Artefacts(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // as any folder that a person makes
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for _, a := range all.Items {
		if err := s.saveArtefact(ctx, id, a, root); err != nil {
			return nil, fmt.Errorf("save %q: %w", a.Path, err)
		}
	}
	return all, nil
}

func (s *Executions) saveArtefact(ctx context.Context, id string, a ExecutionArtefact, root *os.Root) error {
	name := filepath.FromSlash(a.Path)
	if !filepath.IsLocal(name) {
		return errors.New("its path leaves the folder")
	}
	if dir := path.Dir(a.Path); dir != "." {
		if err := root.MkdirAll(filepath.FromSlash(dir), 0o755); err != nil {
			return err
		}
	}
	body, err := s.Artefact(ctx, id, a.Path)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) { // a link is replaced, not followed
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, body)
	if err = errors.Join(err, f.Close()); err == nil && n != a.Size {
		err = io.ErrUnexpectedEOF
	}
	return err
}
