package boot

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/identity/identityoidc"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
)

// bindProviders makes what signs people in through outside issuers.
func (p *Program) bindProviders() {
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_identity_issuer_calls_total", Help: "Calls of this process to OpenID Connect issuers.",
	}, []string{"call", "outcome"})
	tokens := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_identity_access_tokens_total", Help: "Outside issuers' access tokens that requests to this process showed.",
	}, []string{"outcome"})
	p.watch.Registry.MustRegister(calls, tokens)
	p.providers = identity.NewProviders(identity.ProviderNeeds{
		Runner: p.runner, Settings: policies{p.limits.Reader}, Keys: p.infra.keys, Home: p.url,
		Issuers: identityoidc.New(identityoidc.Config{
			Transport: p.outbound.Transport(), Clock: clock.System,
			Observe: func(call string, err error) {
				outcome := "ok"
				if err != nil {
					outcome = "failed"
				}
				calls.WithLabelValues(call, outcome).Inc()
			},
		}),
		Observe: func(outcome string) { tokens.WithLabelValues(outcome).Inc() },
	})
}
