package pg

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// idleCheck is when a round trip proves that a remote server is still there.
const idleCheck = 30 * time.Second

const interrupted = "database.interrupted"

// isDown tells whether a connection could not be made, for a reason that may pass.
func isDown(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); !ok {
		return false
	}
	refused, ok := errors.AsType[*pgconn.PgError](err)
	denied := ok && (strings.HasPrefix(refused.Code, "28") || refused.Code == "3D000") // who we are; no such database
	return !denied
}

// notice keeps the pool from handing out a connection whose server is gone. It
// looks without asking: a call to the kernel, where a ping is a round trip.
func notice(config *pgxpool.Config) {
	config.PrepareConn = func(_ context.Context, conn *pgx.Conn) (bool, error) { return alive(conn.PgConn().Conn()), nil }
	config.ShouldPing = func(_ context.Context, p pgxpool.ShouldPingParams) bool { return p.IdleDuration > idleCheck }
}

// alive tells whether an idle connection is open and silent, as it must be.
func alive(conn net.Conn) bool {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	plain, ok := conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := plain.SyscallConn()
	if err != nil {
		return false
	}
	silent := false
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		silent = errors.Is(err, syscall.EAGAIN)
	})
	return err == nil && silent
}

// lostBefore and lostIn say what became of a transaction whose connection is gone.
func lostBefore(err error) error {
	return fault.New(fault.Unavailable, interrupted, "The connection to the database was lost. Nothing was changed: try again.").After(time.Second).Because(err)
}

func lostIn(err error) error {
	return fault.New(fault.Unavailable, "database.outcome_unknown",
		"The connection to the database was lost while the change was being stored, so it was either made or not: look before you try again, or send an Idempotency-Key.").Because(err)
}
