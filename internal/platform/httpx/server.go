// Package httpx is Stoa's HTTP edge: it turns requests into a command.Request
// and faults into problems (RFC 9457), and does once what every answer needs.
//
//	recover → correlation id → trace, metrics → size → cross-origin → mux
//	        → (API operations) authenticate → rate limit → operation
//
// Operations are Huma operations: one Go struct is the validation, the contract
// (/openapi.json, /openapi.yaml) and the reference page (/docs/api). Handlers
// return faults as they are; the edge translates them.
package httpx

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/ratelimit"
)

// Presumer is an Authenticator that remembers whom a credential belonged to. It
// returns false when it does not, or when the request shows none.
type Presumer interface {
	Presume(r *http.Request) (command.Actor, command.Presumption, bool)
}

// Authenticator turns a request's credential into an actor. Without a credential
// it returns the anonymous actor; one that does not hold is an Unauthenticated fault.
type Authenticator interface {
	Authenticate(ctx context.Context, r *http.Request) (command.Actor, error)
}

// Rates says which rate applies to a group of operations for a caller. The second
// result is false when the caller is not limited.
type Rates interface {
	Rate(ctx context.Context, group string, actor command.Actor) (ratelimit.Policy, bool)
}

// MaxBody is the default of Config.MaxBody: 10 MiB.
const MaxBody = 10 << 20

// Config is what a Server needs. Only Log is required; what is nil is left out.
type Config struct {
	Log            *slog.Logger
	NewID          ident.Source // makes correlation ids
	Authenticator  Authenticator
	Limiter        ratelimit.Limiter
	Rates          Rates
	Limited        func(group string) // is told of each request that was refused since its rate was used up
	Tracer         trace.Tracer
	Observe        func(method, route string, status int, took time.Duration)
	TrustedProxies []netip.Prefix // whose X-Forwarded-* are believed
	TrustedOrigins []string       // "https://console.example.org": other origins whose browsers may write
	MaxBody        int64          // bytes; the largest request body of all
}

// Server is the HTTP edge of one process.
type Server struct {
	cfg    Config
	mux    *http.ServeMux
	api    huma.API
	origin *http.CrossOriginProtection
	routes func() routes // of the API, once every operation is registered
	asked  asked
}

// APIVersion is the version of the contract; within it changes are additive.
const APIVersion = "1"

// New makes the edge. Slices register their operations on API before the server listens.
func New(cfg Config) (*Server, error) {
	if cfg.NewID == nil {
		cfg.NewID = ident.New
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = MaxBody
	}
	if _, off := cfg.Tracer.(noop.Tracer); off {
		cfg.Tracer = nil
	}
	s := &Server{cfg: cfg, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	for _, origin := range cfg.TrustedOrigins {
		if err := s.origin.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	s.routes = sync.OnceValue(func() routes { return routesOf(s.api.OpenAPI()) })
	hookProblems()
	s.api = humago.New(s.mux, s.humaConfig())
	s.api.UseMiddleware(s.refuseShadowed, s.authenticate, s.limitRate)
	s.mux.HandleFunc("/api/", s.unknownOperation)
	s.serveContract()
	return s, nil
}

// API is where slices register their operations.
func (s *Server) API() huma.API { return s.api }

// Mux is for what is not an operation: the console, the docs, metrics, health.
func (s *Server) Mux() *http.ServeMux { return s.mux }

// HTTP is the server to listen with. It has no write timeout, because streams are
// meant to last; slow readers are the streams' business.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelWarn),
	}
}

func (s *Server) humaConfig() huma.Config {
	config := huma.DefaultConfig("Stoa", APIVersion)
	config.Info.Description = "The public API of Stoa. Everything that the CLI and the console do goes through it."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Components.Schemas = newRegistry()
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token: `Authorization: Bearer stoa_pat_…`."},
		"session": {Type: "apiKey", In: "cookie", Name: "stoa_session", Description: "The browser's session."},
	}
	config.Servers = []*huma.Server{{URL: "/"}}
	config.CreateHooks = nil // no $schema fields, no Link headers
	config.DocsPath, config.OpenAPIPath, config.SchemasPath = "", "", ""
	config.RejectUnknownQueryParameters = true
	config.Transformers = []huma.Transformer{s.completeProblem}
	return config
}
