package boot

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/natsbus"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// infra is what stands behind the ports: the only place that knows whether it is
// embedded or somebody else's.
type infra struct {
	postgres *pg.Server // nil: an existing database
	url      string
	db       *pg.DB
	keys     *secret.Keys // seal what Stoa must be able to show to others again
	bus      interface {
		bus.Bus
		Connected() bool
		Close() error
	}
}

func openInfra(ctx context.Context, c Config, log *slog.Logger) (*infra, error) {
	in := &infra{url: c.DatabaseURL}
	if err := in.open(ctx, c, log); err != nil {
		in.close(context.WithoutCancel(ctx))
		return nil, err
	}
	return in, nil
}

func (in *infra) open(ctx context.Context, c Config, log *slog.Logger) (err error) {
	if in.url == "" {
		in.postgres, err = pg.Embed(ctx, pg.EmbedConfig{Dir: c.path("postgres"), RunDir: c.path("run", "pg"), Log: log, Unsafe: c.UnsafeFsync})
		if err != nil {
			return err
		}
		in.url = in.postgres.URL()
	}
	if in.keys, err = secret.OpenKeys(c.path("secrets", "seal.keys")); err != nil {
		return err
	}
	if err := pg.Migrate(ctx, in.url); err != nil {
		return err
	}
	in.db, err = pg.Open(ctx, pg.Config{URL: in.url, ReplicaURLs: c.ReplicaURL, PgBouncer: c.PgBouncer, Log: log})
	if err != nil {
		return err
	}
	// Before the first row, or the default partition would hold what belongs in them.
	if err := pg.MakePartitions(ctx, in.db, clock.System()); err != nil {
		return err
	}
	if c.NatsURL != "" {
		in.bus, err = natsbus.Dial(natsbus.DialConfig{URL: c.NatsURL, Name: "stoad", Log: log})
	} else {
		in.bus, err = natsbus.Embed(log)
	}
	if err != nil {
		return fmt.Errorf("open bus: %w", err)
	}
	return nil
}

// close ends in the reverse order.
func (in *infra) close(ctx context.Context) {
	if in.bus != nil {
		_ = in.bus.Close()
	}
	if in.db != nil {
		in.db.Close()
	}
	if in.postgres != nil {
		_ = in.postgres.Stop(ctx)
	}
}

// failed tells when the embedded database cannot be kept running.
func (in *infra) failed() <-chan error {
	if in.postgres == nil {
		return nil
	}
	return in.postgres.Failed()
}
