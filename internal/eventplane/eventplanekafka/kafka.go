// Package eventplanekafka sends events to Kafka: a topic for each area of the
// catalogue, and what the event is about as the key, so that its events stay in order.
package eventplanekafka

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

type outlet struct {
	client *kgo.Client
	prefix string
}

// Dial connects to brokers, separated by commas: "host:9092"; with the prefix
// "tls://" before the first one, by TLS. Credentials are SASL PLAIN's.
func Dial(ctx context.Context, sink eventplane.Sink, credentials secret.String) (eventplane.Outlet, error) {
	brokers, secure := strings.CutPrefix(sink.Address, "tls://")
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ClientID("stoa sink " + sink.Name),
		kgo.AllowAutoTopicCreation(), kgo.RecordRetries(3), // more are the feeder's matter, who says so
	}
	if secure {
		options = append(options, kgo.DialTLS())
	}
	if !credentials.IsEmpty() {
		user, password, _ := strings.Cut(credentials.Reveal(), ":")
		options = append(options, kgo.SASL(plain.Auth{User: user, Pass: password}.AsMechanism()))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("make Kafka client: %w", err)
	}
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf("connect to Kafka: %w", err)
	}
	return &outlet{client, sink.Prefix}, nil
}

// Send produces events in order and waits until all replicas have them. What the
// broker already has of them it may have twice after a crash: their ids tell.
func (o *outlet) Send(ctx context.Context, events []eventlog.Event) error {
	records := make([]*kgo.Record, len(events))
	for i, e := range events {
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", e.ID, err)
		}
		records[i] = &kgo.Record{
			Topic: o.prefix + "." + e.Area(), Key: []byte(e.AggregateID.String()), Value: body, Timestamp: e.Time,
			Headers: []kgo.RecordHeader{{Key: "content-type", Value: []byte("application/cloudevents+json")}, {Key: "id", Value: []byte(e.ID.String())}},
		}
	}
	if err := o.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return fmt.Errorf("produce to Kafka: %w", err)
	}
	return nil
}

func (o *outlet) Close() { o.client.Close() }
