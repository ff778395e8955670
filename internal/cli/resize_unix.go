//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// onResize tells when our terminal's size changes, until stop is called.
func onResize() (resized <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGWINCH)
	return c, func() { signal.Stop(c) }
}
