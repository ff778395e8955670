package judge0http

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Caller calls back as Judge0 does: PUT with the usual fields, texts in base64.
type Caller struct{ out *outbound.Client }

var _ judge0.Sender = (*Caller)(nil)

// NewCaller makes a caller.
func NewCaller(out *outbound.Client) *Caller { return &Caller{out} }

// Check implements judge0.Sender.
func (c *Caller) Check(url string) error { return c.out.CheckURL(url) }

// Send implements judge0.Sender. Every attempt carries the same key and the same body,
// so that a receiver can tell a repetition.
func (c *Caller) Send(ctx context.Context, url secret.String, s judge0.Submission, d execution.Details) (judge0.Receipt, error) {
	shown, _ := show(subject{Submission: s, Details: d}, usual, true)
	body, err := json.Marshal(shown)
	if err != nil {
		return judge0.Receipt{Permanent: true}, fmt.Errorf("write submission: %w", err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Stoa-Callbacks/1.0"}, "Idempotency-Key": {d.ID.String()}}
	a, err := c.out.Do(ctx, http.MethodPut, url.Reveal(), header, body)
	if err != nil {
		return judge0.Receipt{Permanent: errors.Is(err, outbound.ErrForbidden)}, err
	}
	if a.Status < 200 || a.Status > 299 {
		return judge0.Receipt{StatusCode: a.Status, RetryAfter: a.RetryAfter, Permanent: a.Status == http.StatusGone},
			fmt.Errorf("answered %d %s", a.Status, cmp.Or(http.StatusText(a.Status), "(unknown)"))
	}
	return judge0.Receipt{StatusCode: a.Status}, nil
}
