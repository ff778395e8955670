package stoa

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
)

// Replays gives events of the log once more: everybody's for operators, an
// organization's own for its owners and admins.
type Replays struct{ c *Client }

// Create makes a replay of what is in the log now. Of one to a callback, the answer
// has the secret that signs its calls, this once.
func (s *Replays) Create(ctx context.Context, in ReplayCreateRequest) (*Replay, error) {
	var out Replay
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/replays", body: in}, &out)
	return &out, err
}

// List gives replays, newest first: in one status, or in any if that is empty.
func (s *Replays) List(ctx context.Context, status string) iter.Seq2[Replay, error] {
	return items[Replay](ctx, s.c, "/replays", query{}.set("status", status).values())
}

// Get reads a replay and its progress.
func (s *Replays) Get(ctx context.Context, id string) (*Replay, error) {
	return s.replay(ctx, http.MethodGet, replayPath(id))
}

// Start starts a preview, or one that waits for it.
func (s *Replays) Start(ctx context.Context, id string) (*Replay, error) {
	return s.replay(ctx, http.MethodPost, replayPath(id)+"/start")
}

// Pause stops a running replay for a while.
func (s *Replays) Pause(ctx context.Context, id string) (*Replay, error) {
	return s.replay(ctx, http.MethodPost, replayPath(id)+"/pause")
}

// Resume goes on with a paused or failed one, where it was.
func (s *Replays) Resume(ctx context.Context, id string) (*Replay, error) {
	return s.replay(ctx, http.MethodPost, replayPath(id)+"/resume")
}

// Cancel stops a replay for good.
func (s *Replays) Cancel(ctx context.Context, id string) (*Replay, error) {
	return s.replay(ctx, http.MethodPost, replayPath(id)+"/cancel")
}

// Delete forgets a replay that is not under way, with the file that it wrote.
func (s *Replays) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: replayPath(id)}, nil)
	return err
}

// File gives what a replay into a file has written so far, as JSON lines. The caller closes it.
func (s *Replays) File(ctx context.Context, id string) (io.ReadCloser, error) {
	answer, err := s.c.doRaw(ctx, request{method: http.MethodGet, path: replayPath(id) + "/file"})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

func (s *Replays) replay(ctx context.Context, method, path string) (*Replay, error) {
	var r Replay
	_, err := s.c.do(ctx, request{method: method, path: path}, &r)
	return &r, err
}

func replayPath(id string) string { return "/replays/" + url.PathEscape(id) }
