package pg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

var (
	connectionsDesc = prometheus.NewDesc("stoa_database_connections", "Connections of this process's pools, by what they do.", []string{"pool", "state"}, nil)
	mostDesc        = prometheus.NewDesc("stoa_database_connections_max", "Connections that a pool of this process may have.", []string{"pool"}, nil)
	acquiredDesc    = prometheus.NewDesc("stoa_database_acquires_total", "Connections that were taken from a pool.", []string{"pool"}, nil)
	waitedDesc      = prometheus.NewDesc("stoa_database_waits_total", "Of these, the ones that had to wait because none was free.", []string{"pool"}, nil)
	waitDesc        = prometheus.NewDesc("stoa_database_wait_seconds_total", "How long they waited, together.", []string{"pool"}, nil)
	bytesDesc       = prometheus.NewDesc("stoa_database_bytes", "What the database takes on its server's disk.", nil, nil)
)

// sizeWithin bounds the query of one scrape.
const sizeWithin = 2 * time.Second

// Describe implements prometheus.Collector.
func (db *DB) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connectionsDesc, mostDesc, acquiredDesc, waitedDesc, waitDesc, bytesDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector: it reads the pools, and asks the primary how
// large the database is. Between scrapes it costs nothing.
func (db *DB) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	pools := map[string][]*pgxpool.Pool{"primary": {db.primary}}
	if len(db.replicas) > 0 {
		pools["replica"] = db.replicas
	}
	for name, some := range pools {
		var used, idle, opening, most int32
		var acquired, waited int64
		var wait time.Duration
		for _, pool := range some {
			s := pool.Stat()
			used, idle, opening, most = used+s.AcquiredConns(), idle+s.IdleConns(), opening+s.ConstructingConns(), most+s.MaxConns()
			acquired, waited, wait = acquired+s.AcquireCount(), waited+s.EmptyAcquireCount(), wait+s.EmptyAcquireWaitTime()
		}
		tell(connectionsDesc, prometheus.GaugeValue, float64(used), name, "used")
		tell(connectionsDesc, prometheus.GaugeValue, float64(idle), name, "idle")
		tell(connectionsDesc, prometheus.GaugeValue, float64(opening), name, "opening")
		tell(mostDesc, prometheus.GaugeValue, float64(most), name)
		tell(acquiredDesc, prometheus.CounterValue, float64(acquired), name)
		tell(waitedDesc, prometheus.CounterValue, float64(waited), name)
		tell(waitDesc, prometheus.CounterValue, wait.Seconds(), name)
	}
	ctx, cancel := context.WithTimeout(context.Background(), sizeWithin)
	defer cancel()
	size, err := One[int64](ctx, db, `SELECT pg_database_size(current_database())`)
	if err != nil {
		to <- prometheus.NewInvalidMetric(bytesDesc, err)
		return
	}
	tell(bytesDesc, prometheus.GaugeValue, float64(size))
}
