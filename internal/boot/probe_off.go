//go:build !crashpoints

package boot

import "github.com/stoa-cloud/stoa/internal/platform/eventlog"

// probes are consumers that only programs built to be killed have.
func probes() []eventlog.Consumer { return nil }
