// Package leaktest fails a package's tests when goroutines of theirs outlive them.
package leaktest

import (
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Main is a package's TestMain. Of the test database, which ends with the process, it says nothing.
func Main(m *testing.M) {
	options := []goleak.Option{
		goleak.IgnoreAnyFunction("github.com/jackc/pgx/v5/pgxpool.(*Pool).backgroundHealthCheck"),
		goleak.IgnoreAnyFunction("github.com/stoa-cloud/stoa/internal/platform/pg.(*Server).supervise"),
		goleak.IgnoreAnyFunction("github.com/stoa-cloud/stoa/internal/platform/pg.(*Server).stopOnDemand"),
	}
	goleak.VerifyTestMain(patient{m, slices.Clone(options)}, options...)
}

// patient gives what ends late a minute: goleak by itself waits for half a second, which on a busy machine is nothing.
type patient struct {
	tests   *testing.M
	options []goleak.Option
}

// Run runs the tests.
func (p patient) Run() int {
	code := p.tests.Run()
	for deadline := time.Now().Add(time.Minute); code == 0 && time.Now().Before(deadline); {
		if goleak.Find(p.options...) == nil { // it waits between its looks
			break
		}
	}
	return code
}
