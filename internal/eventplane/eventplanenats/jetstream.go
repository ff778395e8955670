// Package eventplanenats sends events to NATS JetStream: a stream for each area of
// the catalogue, and the event's id as the message's id, so that the server drops
// what it has already.
package eventplanenats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
)

const (
	dialWithin = 10 * time.Second
	// duplicates is how long the server remembers ids: far longer than a batch is under way.
	duplicates = 10 * time.Minute
	inFlight   = 256
)

type outlet struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	prefix  string
	streams map[string]bool // that are known to exist
}

// guarded dials with another function than the library's.
type guarded func(ctx context.Context, network, address string) (net.Conn, error)

// Dial implements nats.CustomDialer.
func (g guarded) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialWithin)
	defer cancel()
	return g(ctx, network, address)
}

// Dial connects to one or more servers, separated by commas: "nats://host:4222".
func Dial(_ context.Context, c eventplane.Connection) (eventplane.Outlet, error) {
	options := []nats.Option{nats.Name("stoa sink " + c.Name), nats.Timeout(dialWithin), nats.NoReconnect()}
	if !c.Credentials.IsEmpty() {
		user, password, _ := strings.Cut(c.Credentials.Reveal(), ":")
		options = append(options, nats.UserInfo(user, password))
	}
	if c.DialContext != nil {
		options = append(options, nats.SetCustomDialer(guarded(c.DialContext)))
	}
	conn, err := nats.Connect(c.Address, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(inFlight))
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	return &outlet{conn: conn, js: js, prefix: c.Prefix, streams: map[string]bool{}}, nil
}

// Send publishes events in order and waits until the server has stored all.
func (o *outlet) Send(ctx context.Context, events []eventlog.Event) error {
	stored := make([]jetstream.PubAckFuture, len(events))
	for i, e := range events {
		if err := o.ensure(ctx, e.Area()); err != nil {
			return err
		}
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", e.ID, err)
		}
		msg := nats.NewMsg(o.prefix + "." + e.Type) // "stoa.execution.completed.v1"
		msg.Data = body
		msg.Header.Set("Content-Type", "application/cloudevents+json")
		if stored[i], err = o.js.PublishMsgAsync(msg, jetstream.WithMsgID(e.ID.String())); err != nil {
			return fmt.Errorf("publish to %s: %w", msg.Subject, err)
		}
	}
	for _, ack := range stored {
		select {
		case <-ctx.Done():
			return fmt.Errorf("JetStream does not acknowledge: %w", ctx.Err())
		case err := <-ack.Err():
			return fmt.Errorf("publish to %s: %w", ack.Msg().Subject, err)
		case <-ack.Ok():
		}
	}
	return nil
}

// ensure makes an area's stream if it is not there. One that is there stays as its
// owners made it.
func (o *outlet) ensure(ctx context.Context, area string) error {
	if o.streams[area] {
		return nil
	}
	name := strings.ToUpper(o.prefix + "_" + area) // "STOA_EXECUTION"
	_, err := o.js.CreateStream(ctx, jetstream.StreamConfig{
		Name: name, Subjects: []string{o.prefix + "." + area + ".>"}, Duplicates: duplicates, Description: "Events of Stoa about: " + area,
	})
	if err != nil && !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return fmt.Errorf("make stream %s: %w", name, err)
	}
	o.streams[area] = true
	return nil
}

func (o *outlet) Close() { o.conn.Close() }
