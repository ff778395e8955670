package agent

import "golang.org/x/sys/unix"

// memory is the host's, in bytes; zero if it does not tell.
func memory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0
	}
	return int64(info.Totalram) * int64(info.Unit) //nolint:gosec // fits
}
