package pg

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// EmbedConfig says where the embedded server lives.
type EmbedConfig struct {
	Dir    string // the unpacked bundle, the data and the log
	RunDir string // the socket; only this user and root can enter
	Log    *slog.Logger
	// Died is called each time the server died by itself and is started again.
	Died func(error)
	// Unsafe forgets what was committed on a power cut. For tests only.
	Unsafe bool
	// MaxConnections is the server's; zero is 60.
	MaxConnections int
	// Binaries is the folder of initdb and postgres to use; by default the bundle's or the host's.
	Binaries string
	// Bundles is where the bundle is unpacked, for several servers that share it; by default Dir.
	Bundles string
}

// Server is PostgreSQL as a child process. It listens on a unix socket only, and
// is started again when it dies; it never deletes data.
type Server struct {
	cfg      EmbedConfig
	bin      binaries
	owner    account
	data     string
	socket   string
	lock     *os.File
	stopping sync.Once
	stop     chan struct{}
	stopped  chan struct{}
	failed   chan error
	pid      atomic.Int64
}

// Superuser is the one role and the one database of the embedded server.
const Superuser = "stoa"

const (
	readyWithin = 60 * time.Second
	stopWithin  = 30 * time.Second
)

// Embed starts the server, making its data on the first start, and returns when
// it answers. It refuses (Conflict) data of another major version and data that
// another program serves.
func Embed(ctx context.Context, cfg EmbedConfig) (*Server, error) {
	if cfg.Bundles == "" {
		cfg.Bundles = cfg.Dir
	}
	if cfg.MaxConnections == 0 {
		cfg.MaxConnections = 60
	}
	s := &Server{
		cfg: cfg, data: filepath.Join(cfg.Dir, "data"),
		stop: make(chan struct{}), stopped: make(chan struct{}), failed: make(chan error, 1),
	}
	if err := s.prepare(ctx); err != nil {
		s.release()
		return nil, err
	}
	go s.supervise()
	if err := s.waitReady(ctx); err != nil {
		_ = s.Stop(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

// URL is how to connect.
func (s *Server) URL() string { return socketURL(s.socket, Superuser) }

func socketURL(socket, database string) string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=%s", database, socket, Superuser)
}

// PID is the postmaster's process id; zero while it is down.
func (s *Server) PID() int { return int(s.pid.Load()) }

// Version is PostgreSQL's, such as 18.4.
func (s *Server) Version() string { return s.bin.version }

// Failed tells that the server died and could not be started again.
func (s *Server) Failed() <-chan error { return s.failed }

// prepare makes sure that nobody else serves the data, and makes it on the first start.
func (s *Server) prepare(ctx context.Context) (err error) {
	if s.owner, err = serverAccount(s.data); err != nil {
		return err
	}
	if err := s.owner.makeDir(s.cfg.Dir); err != nil {
		return err
	}
	if s.lock, err = lockDir(s.cfg.Dir); err != nil {
		return err
	}
	if s.socket, err = socketDir(s.cfg.RunDir, s.data, s.owner); err != nil {
		return err
	}
	if err := s.chooseBinaries(); err != nil {
		return err
	}
	if err := clearPredecessor(ctx, s.data, s.cfg.Log); err != nil {
		return err
	}
	if s.cfg.Bundles == s.cfg.Dir {
		dropOldBundles(s.cfg.Dir, filepath.Base(filepath.Dir(s.bin.dir)))
	}
	if _, err := os.Stat(filepath.Join(s.data, "PG_VERSION")); err != nil {
		if err := s.initialise(ctx); err != nil {
			return err
		}
	}
	return s.admit()
}

// waitReady returns when the server answers, and has made its database.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for began := time.Now(); ; {
		conn, err := pgx.Connect(ctx, socketURL(s.socket, "postgres"))
		if err == nil {
			return s.ensureDatabase(ctx, conn)
		}
		select {
		case failed := <-s.failed:
			return failed
		case <-ctx.Done():
			return fmt.Errorf("the database server did not answer within %s (its log is in %s): %w", readyWithin, s.logFile(), err)
		// A server that recovers does so while it refuses us: the longer it takes, the less it is asked.
		case <-time.After(min(max(5*time.Millisecond, time.Since(began)/8), lastPause)):
		}
	}
}

func (s *Server) ensureDatabase(ctx context.Context, conn *pgx.Conn) error {
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, Superuser).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+Superuser); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}

// Stop ends the server in order: everybody is disconnected, a checkpoint written.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Do(func() { close(s.stop) })
	select {
	case <-s.stopped:
		s.release()
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop database server: %w", ctx.Err())
	}
}

// release gives back what keeps others from serving the data.
func (s *Server) release() {
	if s.socket != "" && s.socket != s.cfg.RunDir {
		_ = os.Remove(s.socket)
	}
	if s.lock != nil {
		_ = s.lock.Close()
	}
}
