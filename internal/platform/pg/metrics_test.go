package pg_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

// read is what a collector tells, summed over the labels that are not asked for.
func read(t *testing.T, c prometheus.Collector, name string, labels map[string]string) float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum, found := 0.0, false
	for _, family := range families {
		for _, m := range family.GetMetric() {
			matches := family.GetName() == name
			for _, l := range m.GetLabel() {
				if want, asked := labels[l.GetName()]; asked && want != l.GetValue() {
					matches = false
				}
			}
			if matches {
				sum, found = sum+m.GetGauge().GetValue()+m.GetCounter().GetValue(), true
			}
		}
	}
	if !found {
		t.Fatalf("there is no %s with %v", name, labels)
	}
	return sum
}

func TestPoolsAreMeasured(t *testing.T) {
	db := pgtest.Clone(t)
	if bytes := read(t, db, "stoa_database_bytes", nil); bytes < 1<<20 {
		t.Errorf("the database takes %v bytes", bytes)
	}
	before := read(t, db, "stoa_database_acquires_total", map[string]string{"pool": "primary"})
	conn, err := db.Primary().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if used := read(t, db, "stoa_database_connections", map[string]string{"state": "used"}); used < 1 {
		t.Errorf("with one connection held, %v are used", used)
	}
	if after := read(t, db, "stoa_database_acquires_total", map[string]string{"pool": "primary"}); after <= before {
		t.Errorf("connections were taken %v times, then %v", before, after)
	}
	if most := read(t, db, "stoa_database_connections_max", nil); most < 1 {
		t.Errorf("a pool may have %v connections", most)
	}
	var gone *pg.DB
	descs := make(chan *prometheus.Desc, 16)
	gone.Describe(descs) // before the database is opened, to say what will be there
	if len(descs) != 6 {
		t.Errorf("%d metrics are described", len(descs))
	}
}
