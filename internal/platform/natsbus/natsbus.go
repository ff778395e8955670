// Package natsbus is the message bus on NATS: a server inside this process, or a
// cluster elsewhere. Both constructors return the same type, so that nothing
// but the composition root knows which one runs. It uses core NATS only; what
// must last is in PostgreSQL.
package natsbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
)

// Bus implements bus.Bus.
type Bus struct {
	log    *slog.Logger
	conn   *nats.Conn
	server *server.Server // nil when the server is elsewhere

	mu   sync.Mutex
	subs map[*nats.Subscription]*subscription
}

var _ bus.Bus = (*Bus)(nil)

// connect opens the one connection that a process needs.
func connect(b *Bus, url string, options ...nats.Option) error {
	b.subs = map[*nats.Subscription]*subscription{}
	options = append(
		options,
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1), // a stale hint is worth less than an error
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) { b.asyncError(sub, err) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("bus connection lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.reconnected() }),
	)
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return fmt.Errorf("connect to bus: %w", err)
	}
	b.conn = conn
	return nil
}

// Connected tells whether the bus can be reached now.
func (b *Bus) Connected() bool { return b.conn.IsConnected() }

// Close ends all subscriptions and, when the server is this process's, the server.
func (b *Bus) Close() error {
	b.conn.Close()
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	return nil
}

// Publish implements bus.Bus.
func (b *Bus) Publish(subject string, data []byte) error {
	return translate(b.conn.Publish(subject, data))
}

// Request implements bus.Bus.
func (b *Bus) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	answer, err := b.conn.RequestWithContext(ctx, subject, data)
	if err != nil {
		return nil, translate(err)
	}
	return answer.Data, nil
}

func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrNoResponders):
		return bus.ErrNobody
	case errors.Is(err, nats.ErrConnectionClosed):
		return bus.ErrClosed
	case errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrConnectionReconnecting), errors.Is(err, nats.ErrDisconnected):
		return bus.ErrAway
	default:
		return fmt.Errorf("bus: %w", err)
	}
}
