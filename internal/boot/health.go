package boot

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/telemetry"
)

// Health is how an installation fares, for those who look after it.
type Health struct {
	Version    string               `json:"version"`
	Replica    string               `json:"replica" doc:"The process that answered."`
	StartedAt  time.Time            `json:"started_at"`
	Ready      bool                 `json:"ready"`
	Modules    []ModuleHealth       `json:"modules"`
	Database   DatabaseHealth       `json:"database"`
	Bus        BusHealth            `json:"bus"`
	Events     eventlog.Health      `json:"events"`
	Partitions []pg.PartitionHealth `json:"partitions"`
	Nodes      []NodeHealth         `json:"nodes" doc:"How many nodes are in each status."`
}

// ModuleHealth is one module of this process.
type ModuleHealth struct {
	Name  string `json:"name"`
	State string `json:"state" enum:"idle,starting,running,stopping,stopped,failed"`
	Error string `json:"error,omitempty"`
}

// DatabaseHealth is the database as this process sees it.
type DatabaseHealth struct {
	Embedded    bool    `json:"embedded"`
	Version     string  `json:"version"`
	Connections int32   `json:"connections"`
	InUse       int32   `json:"in_use"`
	RoundTripMS float64 `json:"round_trip_ms"`
	SizeBytes   int64   `json:"size_bytes"`
}

// BusHealth is the message bus as this process sees it.
type BusHealth struct {
	Embedded  bool `json:"embedded"`
	Connected bool `json:"connected"`
}

// NodeHealth counts the nodes of one status.
type NodeHealth struct {
	Status string `json:"status" db:"status"`
	Nodes  int    `json:"nodes" db:"nodes"`
}

// readyWithin bounds how long a readiness check may take.
const readyWithin = 2 * time.Second

func (p *Program) registerHealth(api huma.API) {
	read := command.BindQuery(p.runner, command.QuerySpec[struct{}]{
		Name: "health.get",
		Scope: func(context.Context, pg.Querier, command.Actor, struct{}) (command.Scope, error) {
			return command.Scope{}, nil
		},
	}, p.readHealth)
	huma.Register(api, httpx.Operation("health.get", http.MethodGet, "/api/v1/health", "Show how the installation fares", "Operating"),
		func(ctx context.Context, _ *struct{}) (*struct{ Body Health }, error) {
			h, err := read(ctx, struct{}{})
			if err != nil {
				return nil, err
			}
			return &struct{ Body Health }{h}, nil
		})
	mux := p.edge.Mux()
	mux.HandleFunc("GET /health/live", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("live\n")) })
	mux.HandleFunc("GET /health/ready", func(w http.ResponseWriter, r *http.Request) {
		if why := p.notReady(r.Context()); why != "" {
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
}

// notReady says why this process should not get requests, or nothing.
func (p *Program) notReady(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	switch {
	case p.stopping.Load():
		return "stopping"
	case !p.infra.bus.Connected():
		return "the bus is not connected"
	}
	if _, err := pg.One[int](ctx, p.infra.db, `SELECT 1`); err != nil {
		return "the database does not answer"
	}
	return ""
}

func (p *Program) readHealth(ctx context.Context, q command.Query, _ struct{}) (Health, error) {
	h := Health{
		Version: telemetry.ReadBuild().Version, Replica: p.replica.String(), StartedAt: p.replica.Time(), Ready: p.notReady(ctx) == "",
		Bus: BusHealth{Embedded: p.config.NatsURL == "", Connected: p.infra.bus.Connected()},
	}
	for _, m := range p.graph.Status() {
		one := ModuleHealth{Name: m.Name, State: string(m.State)}
		if m.Err != nil {
			one.Error = m.Err.Error()
		}
		h.Modules = append(h.Modules, one)
	}
	started := time.Now()
	pool := p.infra.db.Primary().Stat()
	h.Database = DatabaseHealth{Embedded: p.infra.postgres != nil, Connections: pool.TotalConns(), InUse: pool.AcquiredConns()}
	if err := q.QueryRow(ctx, `SELECT current_setting('server_version')`).Scan(&h.Database.Version); err != nil {
		return h, err
	}
	h.Database.RoundTripMS = float64(time.Since(started).Microseconds()) / 1000
	if err := q.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&h.Database.SizeBytes); err != nil {
		return h, err
	}
	var err error
	if h.Events, err = eventlog.ReadHealth(ctx, q); err != nil {
		return h, err
	}
	if h.Partitions, err = pg.ReadPartitions(ctx, q, q.Now); err != nil {
		return h, err
	}
	h.Nodes, err = pg.All[NodeHealth](ctx, q, `SELECT status, count(*) AS nodes FROM node GROUP BY status ORDER BY status`)
	return h, err
}

// stopping is set when the program was asked to end, so that load balancers look elsewhere.
type stopping struct{ atomic.Bool }
