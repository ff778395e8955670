package nodegrpc

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/node"
)

// The task names who shares what compilers made.
func TestSpecCacheScope(t *testing.T) {
	if got := specTo(node.Task{Execution: &node.ExecutionSpec{CacheScope: "p"}}).Execution.GetCacheScope(); got != "p" {
		t.Errorf("scope %q", got)
	}
}
