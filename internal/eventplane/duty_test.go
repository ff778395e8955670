package eventplane

import (
	"errors"
	"testing"
)

// A process that sleeps longer than its lease wakes up to find that its last call was
// refused: what it makes of that changes nothing, because another process goes on.
func TestAHolderThatWakesUpLateStopsNothing(t *testing.T) {
	w := replaying(t)
	asleep, wake := make(chan struct{}), make(chan struct{})
	sleeps := func() {
		close(asleep)
		<-wake
	}
	t.Run("a sink", func(t *testing.T) {
		sink, err := w.CreateSink(w.ann, houses())
		w.must(err)
		w.elsewhere.refuses, w.elsewhere.before = true, sleeps
		ended := make(chan error, 1)
		go func() { ended <- w.feed(t.Context(), sink.ID, 1) }()
		<-asleep
		w.must(moves(w.db.Exec(t.Context(), claimSink, sink.ID, 2)))
		close(wake)
		if err := <-ended; err != nil && !errors.Is(err, errTaken) {
			t.Error(err)
		}
		if got := w.sinkIs(func(Sink) bool { return true }); !got.Enabled || got.Error != "" {
			t.Errorf("paused by who does not have it any more: %+v", got)
		}
	})
	asleep, wake = make(chan struct{}), make(chan struct{})
	t.Run("a replay", func(t *testing.T) {
		r := w.create(aim(ToBus))
		w.receiver.away, w.receiver.before = true, sleeps
		ended := make(chan error, 1)
		go func() { ended <- w.runReplay(t.Context(), r.ID, 1) }()
		<-asleep
		w.must(moves(w.db.Exec(t.Context(), claimReplay, r.ID, 2)))
		close(wake)
		if err := <-ended; err != nil && !errors.Is(err, errTaken) {
			t.Error(err)
		}
		if got := w.until(r.ID, func(Replay) bool { return true }); got.Status != Running {
			t.Errorf("ended by who does not have it any more: %+v", got)
		}
	})
}

// The database's own trouble is no other process: it is logged, is not the sink's failure, and passes.
func TestTheDatabasesTroubleIsNotHidden(t *testing.T) {
	w := replaying(t)
	for _, sql := range []string{
		`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$`,
		`CREATE TRIGGER full_disk BEFORE UPDATE OF position ON sink FOR EACH ROW EXECUTE FUNCTION full_disk()`,
		`CREATE TRIGGER full_disk BEFORE UPDATE OF position ON replay FOR EACH ROW EXECUTE FUNCTION full_disk()`,
	} {
		_, err := w.db.Exec(t.Context(), sql)
		w.must(err)
	}
	w.feeding()
	w.run()
	_, err := w.CreateSink(w.ann, houses())
	w.must(err)
	r := w.create(aim(ToFile))
	got := w.sinkIs(func(Sink) bool {
		return w.logged.count("stumbled what=sink") > 0 && w.logged.count("the disk is full") > 0
	})
	if got.Error != "" || got.FailingSince != nil || !got.Enabled {
		t.Errorf("the sink is blamed: %+v", got)
	}
	if got := w.until(r.ID, func(Replay) bool { return w.logged.count("stumbled what=replay") > 0 }); got.Status != Running {
		t.Errorf("%+v", got)
	}
	for _, sql := range []string{`DROP TRIGGER full_disk ON sink`, `DROP TRIGGER full_disk ON replay`} {
		_, err := w.db.Exec(t.Context(), sql)
		w.must(err)
	}
	w.sinkIs(func(s Sink) bool { return s.Sent == 4 })
	w.until(r.ID, is(Completed))
}
