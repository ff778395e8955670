package eventplanekafka

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func event(kind string, house ident.ID) eventlog.Event {
	return eventlog.Event{ID: ident.New(), Type: kind, Time: time.Now(), AggregateKind: "house", AggregateID: house, Version: 1, Data: []byte(`{}`)}
}

func TestEventsArriveInOrderOfTheirSubject(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(3))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	sink := eventplane.Sink{Name: "test", Address: strings.Join(cluster.ListenAddrs(), ","), Prefix: "stoa"}
	outlet, err := Dialer(nil)(ctx, eventplane.Connection{Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	defer outlet.Close()
	house, boat := ident.New(), ident.New()
	if err := outlet.Send(ctx, []eventlog.Event{event("house.built.v1", house), event("boat.built.v1", boat), event("house.sold.v1", house)}); err != nil {
		t.Fatal(err)
	}
	reader, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics("stoa.house", "stoa.boat"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	got := map[string][]string{}
	for n := 0; n < 3; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			_, kind, _ := strings.Cut(string(r.Value), `"type":"`)
			kind, _, _ = strings.Cut(kind, `"`)
			got[string(r.Key)] = append(got[string(r.Key)], r.Topic+" "+kind)
			n++
		})
	}
	want := map[string][]string{house.String(): {"stoa.house house.built.v1", "stoa.house house.sold.v1"}, boat.String(): {"stoa.boat boat.built.v1"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBrokersThatAreGone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Dialer(nil)(ctx, eventplane.Connection{Sink: eventplane.Sink{Address: "127.0.0.1:1"}}); err == nil {
		t.Error("connected to nobody")
	}
}
