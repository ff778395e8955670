package eventplanekafka

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func shapes(eventType string) (string, error) {
	return `{"title":"` + eventType + `","type":"object"}`, nil
}

// brokers are a cluster and a registry, and the connection to both.
func brokers(t *testing.T) (eventplane.Connection, *srfake.Registry) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	registry := srfake.New(srfake.WithAuth("Basic YW5uOnNlY3JldA==")) // ann:secret
	t.Cleanup(registry.Close)
	return eventplane.Connection{
		Sink:                eventplane.Sink{Name: "test", Kind: eventplane.Kafka, Address: strings.Join(cluster.ListenAddrs(), ","), Prefix: "stoa", Registry: registry.URL()},
		RegistryCredentials: secret.New("ann:secret"),
	}, registry
}

func TestRecordsNameTheirSchema(t *testing.T) {
	c, registry := brokers(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	house := ident.New()
	// The second connection finds what the first has registered.
	for range 2 {
		outlet, err := Dialer(shapes)(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		err = outlet.Send(ctx, []eventlog.Event{event("house.built.v1", house), event("house.sold.v1", house), event("house.built.v1", house)})
		outlet.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	client, err := sr.NewClient(sr.URLs(registry.URL()), sr.BasicAuth("ann", "secret"))
	if err != nil {
		t.Fatal(err)
	}
	subjects, err := client.Subjects(ctx)
	if diff := cmp.Diff([]string{"stoa.house-house.built.v1", "stoa.house-house.sold.v1"}, subjects); diff != "" || err != nil {
		t.Error(diff, err)
	}
	versions, err := client.SubjectVersions(ctx, subjects[0])
	if diff := cmp.Diff([]int{1}, versions); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if kept := client.Compatibility(ctx, subjects[0])[0]; kept.Level != sr.CompatForwardTransitive {
		t.Errorf("%+v", kept)
	}

	reader, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(c.Address, ",")...), kgo.ConsumeTopics("stoa.house"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var got []string
	for len(got) < 6 {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			id, body, err := new(sr.ConfluentHeader).DecodeID(r.Value)
			if err != nil {
				t.Fatal(err)
			}
			schema, err := client.SchemaByID(ctx, id)
			if err != nil || schema.Type != sr.TypeJSON {
				t.Fatal(schema, err)
			}
			_, title, _ := strings.Cut(schema.Schema, `"title":"`)
			title, _, _ = strings.Cut(title, `"`)
			if !strings.Contains(string(body), `"type":"`+title+`"`) || string(r.Headers[0].Value) != framedType {
				t.Errorf("%s as %s: %s", r.Headers[0].Value, title, body)
			}
			got = append(got, title)
		})
	}
	want := []string{"house.built.v1", "house.sold.v1", "house.built.v1", "house.built.v1", "house.sold.v1", "house.built.v1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASchemaThatTheRegistryRefuses(t *testing.T) {
	c, registry := brokers(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	answer := func(status int, text string) {
		registry.ClearInterceptors()
		registry.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/versions") {
				return false
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
			return true
		})
	}
	outlet, err := Dialer(shapes)(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer outlet.Close()
	send := func() error { return outlet.Send(ctx, []eventlog.Event{event("house.built.v1", ident.New())}) }
	for status, halts := range map[int]bool{http.StatusConflict: true, http.StatusUnprocessableEntity: true, http.StatusBadGateway: false, http.StatusForbidden: false} {
		answer(status, `{"error_code":409,"message":"Schema being registered is incompatible with an earlier schema"}`)
		err := send()
		if _, halt := errors.AsType[*eventplane.Halt](err); halt != halts || !strings.Contains(err.Error(), "is incompatible with an earlier schema") {
			t.Errorf("%d: %v", status, err)
		}
	}
	answer(http.StatusBadGateway, strings.Repeat("x", 2*registryMost))
	if err := send(); err == nil || len(err.Error()) > registryMost+1000 {
		t.Errorf("read %d bytes of an error", len(err.Error()))
	}
	registry.ClearInterceptors()
	if err := send(); err != nil {
		t.Error(err)
	}
}

func TestEveryConnectionIsGuarded(t *testing.T) {
	c, _ := brokers(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	forbidden := errors.New("not a public address")
	var allowed atomic.Value
	c.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != allowed.Load() {
			return nil, forbidden
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	one, stop := context.WithTimeout(ctx, 200*time.Millisecond)
	defer stop()
	if _, err := Dialer(shapes)(one, c); err == nil {
		t.Error("called a broker that may not be called")
	}
	allowed.Store(c.Address)
	outlet, err := Dialer(shapes)(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer outlet.Close()
	if err := outlet.Send(ctx, []eventlog.Event{event("house.built.v1", ident.New())}); !errors.Is(err, forbidden) {
		t.Errorf("called a registry that may not be called: %v", err)
	}
}
