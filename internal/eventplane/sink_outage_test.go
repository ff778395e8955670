package eventplane

import (
	"strings"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// said counts the events of sinks that are of a type.
func (w *world) said(eventType string) int { return strings.Count(w.events(sinkKind), eventType+" ") }

// One outage is told once, however long it takes and whoever looks after the sink meanwhile; and once that it is over.
func TestAnOutageIsToldOnceAndItsEndOnce(t *testing.T) {
	w := replaying(t)
	w.elsewhere.is(true)
	w.feeding()
	sink, err := w.CreateSink(w.ann, houses())
	w.must(err)
	w.sinkIs(func(s Sink) bool { return s.FailingSince != nil })
	w.passes(9 * time.Minute)
	stop := w.feeding() // another process goes on with it, and fails at once
	w.sinkIs(func(Sink) bool { return w.logged.count("sink takes nothing") >= 2 })
	if w.said("sink.failing.v1") != 0 {
		t.Fatal("told before its time")
	}
	w.passes(time.Minute)
	got := w.sinkIs(func(s Sink) bool { return s.OutageSince != nil })
	if w.said("sink.failing.v1") != 1 || !got.OutageSince.Equal(*got.FailingSince) {
		t.Fatalf("%s: %+v", w.events(sinkKind), got)
	}

	// Neither a successor nor who tries to mend it is told again.
	stop()
	w.passes(time.Hour)
	w.feeding()
	_, err = w.UpdateSink(w.ann, UpdateSink{ID: sink.ID, AggregateKind: new("house")})
	w.must(err)
	_, err = w.PauseSink(w.ann, PauseSink{sink.ID})
	w.must(err)
	_, err = w.ResumeSink(w.ann, ResumeSink{sink.ID})
	w.must(err)
	w.sinkIs(func(s Sink) bool { return s.FailingSince != nil })
	w.passes(time.Hour)
	tries := w.logged.count("sink takes nothing")
	w.sinkIs(func(Sink) bool { return w.logged.count("sink takes nothing") > tries })
	if w.said("sink.failing.v1") != 1 || w.said("sink.recovered.v1") != 0 {
		t.Fatal(w.events(sinkKind))
	}

	w.elsewhere.is(false)
	w.sinkIs(func(s Sink) bool { return s.Sent == 4 && s.OutageSince == nil })
	w.sold("house", ident.New())
	got = w.sinkIs(func(s Sink) bool { return s.Sent == 5 })
	if w.said("sink.failing.v1") != 1 || w.said("sink.recovered.v1") != 1 || got.FailingSince != nil {
		t.Errorf("%s: %+v", w.events(sinkKind), got)
	}
	if has := w.elsewhere.has(); len(has) != 5 {
		t.Errorf("telling it sent something again: %v", has)
	}
}

// What works again soon is nobody's business.
func TestAShortOutageIsNotTold(t *testing.T) {
	w := replaying(t)
	w.elsewhere.is(true)
	w.feeding()
	_, err := w.CreateSink(w.ann, houses())
	w.must(err)
	w.sinkIs(func(s Sink) bool { return s.FailingSince != nil })
	w.elsewhere.is(false)
	w.sinkIs(func(s Sink) bool { return s.Sent == 4 })
	w.passes(time.Hour)
	w.sold("house", ident.New())
	w.sinkIs(func(s Sink) bool { return s.Sent == 5 })
	if said := w.events(sinkKind); strings.Contains(said, "failing") || strings.Contains(said, "recovered") {
		t.Error(said)
	}
}
