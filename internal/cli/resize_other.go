//go:build !unix

package cli

import "os"

// onResize never tells: there is no signal for it here.
func onResize() (resized <-chan os.Signal, stop func()) { return nil, func() {} }
