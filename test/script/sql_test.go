package script

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// sqlCommand is "sql FILE": it runs statements in the installation's database, as the user that it belongs to.
func sqlCommand() {
	if len(os.Args) != 2 {
		die(errors.New("usage: sql FILE"))
	}
	statements, err := os.ReadFile(os.Args[1])
	if err != nil {
		die(err)
	}
	if os.Geteuid() == 0 { // the socket asks who comes
		service, err := user.Lookup("stoa")
		if err != nil {
			die(err)
		}
		uid, _ := strconv.Atoi(service.Uid)
		gid, _ := strconv.Atoi(service.Gid)
		if err := errors.Join(os.Chdir("/"), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
			die(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, "postgres:///stoa?user=stoa&host="+filepath.Join(os.Getenv("DATA"), "run", "pg"))
	if err != nil {
		die(err)
	}
	_, err = conn.PgConn().Exec(ctx, string(statements)).ReadAll()
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		die(err)
	}
}
