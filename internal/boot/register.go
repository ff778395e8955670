package boot

import (
	"context"
	"net/http"
	"time"

	"github.com/stoa-cloud/stoa/docs"
	"github.com/stoa-cloud/stoa/internal/eventplane/eventplanehttp"
	"github.com/stoa-cloud/stoa/internal/execution/executionhttp"
	"github.com/stoa-cloud/stoa/internal/execution/executionpistonhttp"
	"github.com/stoa-cloud/stoa/internal/file/filehttp"
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/identity/identityhttp"
	"github.com/stoa-cloud/stoa/internal/judge0/judge0http"
	"github.com/stoa-cloud/stoa/internal/limit/limithttp"
	"github.com/stoa-cloud/stoa/internal/node/nodehttp"
	"github.com/stoa-cloud/stoa/internal/notification/notificationhttp"
	"github.com/stoa-cloud/stoa/internal/platform/audit/audithttp"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog/eventloghttp"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/preference/preferencehttp"
	"github.com/stoa-cloud/stoa/internal/script/scripthttp"
	"github.com/stoa-cloud/stoa/internal/tenancy/tenancyhttp"
	"github.com/stoa-cloud/stoa/web"
)

// register puts every slice's operations on the API.
func (p *Program) register() {
	api := p.edge.API()
	identityhttp.Register(api, p.identity, p.url)
	identityhttp.RegisterProviders(api, p.providers)
	tenancyhttp.Register(api, p.tenancy)
	limithttp.Register(api, p.limits)
	nodehttp.Register(api, p.nodes)
	executionhttp.Register(api, p.executions, p.scripts)
	scripthttp.Register(api, p.scripts)
	filehttp.Register(api, p.files)
	preferencehttp.Register(api, p.preferences)
	executionpistonhttp.Register(api, p.executions)
	judge0http.Register(api, p.judge0, p.executions, p.limits.List)
	notificationhttp.Register(api, p.notifications)
	eventloghttp.Register(api, p.eventAPI)
	eventplanehttp.Register(api, p.eventPlane)
	audithttp.Register(api, p.auditAPI)
	p.registerHealth(api)
	mux := p.edge.Mux()
	mux.Handle("GET /metrics", p.watch.Metrics())
	mux.HandleFunc("GET /download/{program}", func(w http.ResponseWriter, r *http.Request) { p.downloads.ServeHTTP(w, r) }) // they are opened later
	mux.Handle("GET /docs", docs.Handler())
	mux.Handle("GET /docs/", docs.Handler())
	mux.Handle("/", web.Handler())
}

func (p *Program) forgetCredentials(ctx context.Context, at time.Time) error {
	return identity.Forget(ctx, p.infra.db, at)
}

func (p *Program) makePartitions(ctx context.Context, at time.Time) error {
	return pg.MakePartitions(ctx, p.infra.db, at)
}

// deliveriesKept is how long discarded deliveries stay to be looked at.
const deliveriesKept = 30 * 24 * time.Hour

func (p *Program) forgetDeliveries(ctx context.Context, at time.Time) error {
	return eventlog.ForgetDeliveries(ctx, p.infra.db, at.Add(-deliveriesKept))
}
