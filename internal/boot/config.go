// Package boot is the composition root: it turns configuration into a program.
// Nothing else knows which implementation stands behind a port, and roles differ
// only in which modules start.
package boot

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Config is everything that can be set from outside. The kong tags make it the
// flags and environment variables of stoad.
type Config struct {
	DataDir      string        `help:"Where everything is kept." env:"STOA_DATA_DIR" placeholder:"DIR" default:"${data_dir}"`
	Listen       string        `help:"Where to listen, for browsers, programs and agents." env:"STOA_LISTEN" default:"127.0.0.1:8080"`
	PublicURL    string        `help:"How people reach this installation; by default the address it listens on." env:"STOA_PUBLIC_URL" placeholder:"URL"`
	DatabaseURL  string        `help:"An existing PostgreSQL (15 or newer) instead of the bundled one." env:"STOA_DATABASE_URL" placeholder:"URL"`
	ReplicaURL   []string      `help:"Read replicas of it." env:"STOA_REPLICA_URL" placeholder:"URL"`
	PgBouncer    bool          `help:"The database URL leads through a transaction-pooling proxy." env:"STOA_PGBOUNCER"`
	NatsURL      string        `help:"An existing NATS instead of the one in process." env:"STOA_NATS_URL" placeholder:"URL"`
	OTLPEndpoint string        `help:"Where to send traces." env:"STOA_OTLP_ENDPOINT" placeholder:"URL"`
	TrustProxy   []string      `help:"Proxies whose X-Forwarded-* headers are believed." env:"STOA_TRUST_PROXY" placeholder:"CIDR"`
	AllowCalls   []string      `help:"Networks that are not public and may be called all the same, by webhooks and callbacks." env:"STOA_ALLOW_CALLS" placeholder:"CIDR"`
	SMTPURL      string        `name:"smtp-url" help:"The server that takes e-mail: smtp://user:password@host:587?from=stoa@example.org, or smtps://." env:"STOA_SMTP_URL" placeholder:"URL"`
	LogLevel     string        `help:"debug, info, warn or error." env:"STOA_LOG_LEVEL" enum:"debug,info,warn,error" default:"info"`
	LogFile      string        `help:"Where the log goes; by default log/stoad.log in the data folder for “up”, standard error for “serve”." env:"STOA_LOG_FILE" placeholder:"FILE"`
	NodeLease    time.Duration `help:"How long a node may be silent before it counts as lost." env:"STOA_NODE_LEASE" default:"10s"`
	UnsafeFsync  bool          `name:"unsafe-no-fsync" help:"For tests only: the bundled PostgreSQL forgets on a power cut." env:"STOA_UNSAFE_NO_FSYNC" hidden:""`
}

// defaultDataDir is /var/lib/stoa for root, and the XDG data home otherwise.
func defaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/stoa"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "stoa")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "stoa-data"
	}
	return filepath.Join(home, ".local", "share", "stoa")
}

// path joins below the data folder.
func (c Config) path(elements ...string) string {
	return filepath.Join(append([]string{c.DataDir}, elements...)...)
}

// serviceDirs are the control plane's folders in the data folder. The agent has its own.
var serviceDirs = []string{"run", "pki", "secrets", "postgres", "log"}

// prepare makes the folders of the data directory.
func (c Config) prepare() error {
	for _, dir := range serviceDirs {
		if err := os.MkdirAll(c.path(dir), 0o700); err != nil {
			return fmt.Errorf("prepare data folder: %w", err)
		}
	}
	return nil
}
