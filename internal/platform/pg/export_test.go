package pg

import (
	"path/filepath"
	"strconv"
)

// MigrateTo stops at a version, as an older program would.
var MigrateTo = migrateTo

// Running is how to connect to the server that another process embeds in dir, if there is one.
func Running(dir string) (url string, ok bool) {
	const socketLine = 4
	data := filepath.Join(dir, "data")
	lines := pidFile(data)
	if pid, _ := strconv.Atoi(lines[pidLine]); len(lines) <= socketLine || whose(pid, data) != ours {
		return "", false
	}
	return socketURL(lines[socketLine], Superuser), true
}
