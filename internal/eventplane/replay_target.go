package eventplane

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Caller calls addresses that people gave us, and only those that it may.
type Caller interface {
	CheckURL(url string) error
	NewSecret() secret.String
	// Post sends a signed body, in the manner of Standard Webhooks. Whatever is not a
	// success is an error; its text may be shown to operators.
	Post(ctx context.Context, url, contentType, id string, key secret.String, body []byte) error
}

const (
	callAttempts = 3
	callPause    = time.Second // after the first failure; then twice as long
)

// replaySubject is "stoa.replay.<id>": the copies of a replay to the bus.
func replaySubject(id ident.ID) string { return bus.Subject("replay", id.String()) }

func (r *replayRun) publish(events []eventlog.Event) error {
	for _, e := range events {
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", e.ID, err)
		}
		if err := r.needs.Bus.Publish(replaySubject(r.ID), body); err != nil {
			return &refusal{fmt.Errorf("publish: %w", err)}
		}
	}
	return nil
}

// call posts the events as a CloudEvents batch. The id of the call is the same when it
// is repeated, so that the receiver can tell.
func (r *replayRun) call(ctx context.Context, events []eventlog.Event) error {
	body, err := json.Marshal(events)
	if err != nil {
		return fmt.Errorf("encode events: %w", err)
	}
	key, err := r.needs.Keys.Open(r.SealedSecret, secretPurpose(r.ID))
	if err != nil {
		return &refusal{errors.New("the callback's secret cannot be opened with this installation's keys")}
	}
	id := fmt.Sprintf("replay_%s_%d", r.ID, events[0].Position)
	pause := callPause
	for attempt := 1; ; attempt++ {
		err := r.needs.Caller.Post(ctx, r.URL, "application/cloudevents-batch+json", id, key, body)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if attempt == callAttempts {
			return &refusal{err}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause *= 2
	}
}

func jsonLines(events []eventlog.Event) ([]byte, error) {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, e := range events {
		if err := encoder.Encode(e); err != nil {
			return nil, fmt.Errorf("encode event %s: %w", e.ID, err)
		}
	}
	return lines.Bytes(), nil
}
