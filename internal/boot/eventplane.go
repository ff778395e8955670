package boot

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/eventplane/eventplanekafka"
	"github.com/stoa-cloud/stoa/internal/eventplane/eventplanenats"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func (p *Program) bindEventPlane() {
	p.eventPlane = eventplane.New(eventplane.Needs{
		Runner: p.runner, Letters: p.consumers, Settings: settings{p.limits.Reader}, Bus: p.infra.bus, Keys: p.infra.keys,
		Caller: callbacks{p.outbound, clock.System}, Tail: p.tail, Dial: dialSink, Log: p.log,
	})
}

// dialSink chooses the adapter of a sink's kind.
func dialSink(ctx context.Context, sink eventplane.Sink, credentials secret.String) (eventplane.Outlet, error) {
	if sink.Kind == eventplane.Kafka {
		return eventplanekafka.Dial(ctx, sink, credentials)
	}
	return eventplanenats.Dial(ctx, sink, credentials)
}

// runSinks feeds sinks while this process holds their lease.
func (p *Program) runSinks(ctx context.Context) error {
	return p.leases.Hold(ctx, "eventplane.sinks", p.eventPlane.RunSinks)
}

// runReplays runs replays while this process holds their lease.
func (p *Program) runReplays(ctx context.Context) error {
	return p.leases.Hold(ctx, "eventplane.replays", p.eventPlane.RunReplays)
}

// replaysKept is how long replays that ended stay, with the files that they wrote.
const replaysKept = 30 * 24 * time.Hour

func (p *Program) forgetReplays(ctx context.Context, at time.Time) error {
	return eventplane.ForgetReplays(ctx, p.infra.db, at.Add(-replaysKept))
}

// callbacks are signed like webhooks, and go only where those may go.
type callbacks struct {
	client *outbound.Client
	clock  clock.Clock
}

func (c callbacks) CheckURL(url string) error { return c.client.CheckURL(url) }

func (callbacks) NewSecret() secret.String { return notification.NewSigningSecret() }

func (c callbacks) Post(ctx context.Context, url, contentType, id string, key secret.String, body []byte) error {
	at := c.clock()
	signature, err := notification.Signature([]secret.String{key}, id, at, body)
	if err != nil {
		return err
	}
	answer, err := c.client.Do(ctx, http.MethodPost, url, http.Header{
		"Content-Type": {contentType}, "Webhook-Id": {id}, "Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {signature},
	}, body)
	if err != nil {
		return err
	}
	if answer.Status < 200 || answer.Status > 299 {
		return fmt.Errorf("the callback answers %d %s", answer.Status, http.StatusText(answer.Status))
	}
	return nil
}
