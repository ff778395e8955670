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
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog/eventloghttp"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

func (p *Program) bindEventPlane(catalogue *eventlog.Catalogue) error {
	described, err := eventloghttp.Describe(catalogue)
	if err != nil {
		return err
	}
	p.eventPlane = eventplane.New(eventplane.Needs{
		Runner: p.runner, Letters: p.consumers, Settings: settings{p.limits.Reader}, Limits: limitsIn{p.limits.Reader}, Bus: p.infra.bus, Keys: p.infra.keys,
		Managers: []permission.Role{tenancy.Operator, tenancy.Owner, tenancy.Admin}, Guard: p.outbound,
		Caller: callbacks{p.outbound, clock.System}, Tail: p.tail, Dial: dialSink(described), Log: p.log,
	})
	return nil
}

// dialSink chooses the adapter of a sink's kind.
func dialSink(described map[string]eventloghttp.Description) eventplane.Dial {
	kafka := eventplanekafka.Dialer(func(eventType string) (string, error) {
		d, known := described[eventType]
		if !known { // a newer program says it: nothing is promised of its data
			d = eventloghttp.Description{Name: eventType, Schema: []byte(`{"type":"object"}`)}
		}
		return d.Envelope()
	})
	return func(ctx context.Context, c eventplane.Connection) (eventplane.Outlet, error) {
		if c.Kind == eventplane.Kafka {
			return kafka(ctx, c)
		}
		return eventplanenats.Dial(ctx, c)
	}
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
