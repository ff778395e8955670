package natsbus

import (
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
)

// DialConfig says where a cluster is and who we are there.
type DialConfig struct {
	URL         string // "nats://a:4222,nats://b:4222"; may carry user:password@ or token@
	Name        string // how the cluster's operator sees this process
	Credentials string // a .creds file, optional
	CA          string // PEM file of the cluster's CA, optional
	Certificate string // PEM files of our own certificate, optional
	Key         string
	Log         *slog.Logger
}

// Dial connects to a cluster. It fails when the cluster cannot be reached now;
// later losses are repaired in the background, for ever.
func Dial(cfg DialConfig) (*Bus, error) {
	options := []nats.Option{nats.Name(cfg.Name), nats.Timeout(5 * time.Second), nats.ReconnectWait(500 * time.Millisecond)}
	if cfg.Credentials != "" {
		options = append(options, nats.UserCredentials(cfg.Credentials))
	}
	if cfg.CA != "" {
		options = append(options, nats.RootCAs(cfg.CA))
	}
	if cfg.Certificate != "" {
		options = append(options, nats.ClientCert(cfg.Certificate, cfg.Key))
	}
	b := &Bus{log: cfg.Log}
	if err := connect(b, cfg.URL, options...); err != nil {
		return nil, err
	}
	return b, nil
}
