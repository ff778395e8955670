// Package eventplanekafka sends events to Kafka: a topic for each area of the
// catalogue, and what the event is about as the key, so that its events stay in order.
// With a schema registry each record names the schema of its event.
package eventplanekafka

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
)

const (
	dialWithin = 10 * time.Second
	// Nothing is fetched: what brokers answer is small, and bounded whoever they are.
	fetchMost  = 1 << 20
	answerMost = 8 << 20
)

type outlet struct {
	client   *kgo.Client
	registry *registry // nil: none
	prefix   string
}

// Dialer connects to brokers, separated by commas: "host:9092"; with the prefix
// "tls://" before the first one, by TLS. Credentials are SASL PLAIN's.
func Dialer(schemas Schemas) eventplane.Dial {
	return func(ctx context.Context, c eventplane.Connection) (eventplane.Outlet, error) {
		brokers, secure := strings.CutPrefix(c.Address, "tls://")
		options := []kgo.Opt{
			kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ClientID("stoa sink " + c.Name), kgo.Dialer(dialer(c, secure)),
			kgo.AllowAutoTopicCreation(), kgo.RecordRetries(3), // more are the feeder's matter, who says so
			kgo.FetchMaxBytes(fetchMost), kgo.FetchMaxPartitionBytes(fetchMost), kgo.BrokerMaxReadBytes(answerMost),
		}
		if !c.Credentials.IsEmpty() {
			user, password, _ := strings.Cut(c.Credentials.Reveal(), ":")
			options = append(options, kgo.SASL(plain.Auth{User: user, Pass: password}.AsMechanism()))
		}
		out := &outlet{prefix: c.Prefix}
		var err error
		if c.Registry != "" {
			if out.registry, err = newRegistry(c, schemas); err != nil {
				return nil, err
			}
		}
		if out.client, err = kgo.NewClient(options...); err != nil {
			return nil, fmt.Errorf("make Kafka client: %w", err)
		}
		if err := out.client.Ping(ctx); err != nil {
			out.client.Close()
			return nil, fmt.Errorf("connect to Kafka: %w", err)
		}
		return out, nil
	}
}

// dialer opens the connections to brokers, those that brokers name too.
func dialer(c eventplane.Connection, secure bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	open := c.DialContext
	if open == nil {
		open = (&net.Dialer{Timeout: dialWithin}).DialContext
	}
	if !secure {
		return open
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		conn, err := open(ctx, network, address)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, dialWithin)
		defer cancel()
		sealed := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
		if err := sealed.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return sealed, nil
	}
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
		topic := o.prefix + "." + e.Area()
		kind := "application/cloudevents+json"
		if o.registry != nil {
			kind = framedType
			if body, err = o.registry.frame(ctx, topic, e.Type, body); err != nil {
				return err
			}
		}
		records[i] = &kgo.Record{
			Topic: topic, Key: []byte(e.AggregateID.String()), Value: body, Timestamp: e.Time,
			Headers: []kgo.RecordHeader{{Key: "content-type", Value: []byte(kind)}, {Key: "id", Value: []byte(e.ID.String())}},
		}
	}
	if err := o.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return fmt.Errorf("produce to Kafka: %w", err)
	}
	return nil
}

func (o *outlet) Close() { o.client.Close() }
