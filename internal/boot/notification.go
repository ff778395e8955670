package boot

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/notification/notificationpg"
	"github.com/stoa-cloud/stoa/internal/notification/notificationsend"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// bindNotifications makes the one client that calls addresses which people gave us,
// and what tells people things.
func (p *Program) bindNotifications() error {
	allow := make([]netip.Prefix, 0, len(p.config.AllowCalls))
	for _, text := range p.config.AllowCalls {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("read --allow-calls: %w", err)
		}
		allow = append(allow, prefix)
	}
	p.outbound = outbound.New(outbound.Config{Allow: allow})
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stoa_notification_attempts_total", Help: "Notifications that this process tried to send to a channel.",
	}, []string{"channel", "outcome"})
	p.watch.Registry.MustRegister(attempts)
	p.observeMail = func(arrived bool) { attempts.WithLabelValues(string(notification.Email), outcomeOf(arrived)).Inc() }
	p.notifications = notification.New(notification.Needs{
		Runner: p.runner, Store: notificationpg.Store{}, Sender: notificationsend.New(p.outbound, p.mail), Keys: p.infra.keys,
		People: identity.People{}, Limits: notificationLimits{p.limits.Reader}, Home: p.url, Log: p.log,
		Observe: func(channel notification.Channel, arrived bool) {
			attempts.WithLabelValues(string(channel), outcomeOf(arrived)).Inc()
		},
	})
	return nil
}

func outcomeOf(arrived bool) string {
	return map[bool]string{true: "arrived", false: "failed"}[arrived]
}

// notificationLimits adapts the limit reader to what notifications need.
type notificationLimits struct{ reader *limit.Reader }

func (l notificationLimits) Int(ctx context.Context, q pg.Querier, name string, user ident.ID) (command.Allowed, error) {
	return l.reader.Effective(ctx, q, name, limit.Subject{User: user})
}
