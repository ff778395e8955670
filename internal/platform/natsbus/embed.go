package natsbus

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const readyWithin = 5 * time.Second

// Embed starts a server that only this process can reach: it listens on nothing,
// stores nothing and reports to nobody.
func Embed(log *slog.Logger) (*Bus, error) {
	s, err := server.NewServer(&server.Options{
		ServerName:            "stoa",
		DontListen:            true,
		NoSigs:                true,
		NoLog:                 true,
		NoSystemAccount:       true, // no statistics every ten seconds
		PingInterval:          time.Hour,
		DisableShortFirstPing: true,
		MaxClosedClients:      16,
		MaxPending:            8 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("make bus server: %w", err)
	}
	s.Start()
	b := &Bus{log: log, server: s}
	if !s.ReadyForConnections(readyWithin) {
		s.Shutdown()
		return nil, errors.New("start bus server: it is not ready")
	}
	if err := connect(b, "", nats.InProcessServer(s), nats.PingInterval(time.Hour)); err != nil {
		s.Shutdown()
		return nil, err
	}
	return b, nil
}
