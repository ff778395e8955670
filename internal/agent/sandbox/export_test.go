package sandbox

import "testing"

// Shared is the driver of all tests.
func Shared(t testing.TB) *Driver { return driver(t) }

// Warm waits until a warmed interpreter of the runtime is ready.
func Warm(t testing.TB, d *Driver, runtime string) { warmed(t, d, runtime) }
