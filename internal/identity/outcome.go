package identity

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// outcome is a command's result, or why it failed although it commits: a wrong try must
// be counted, and a challenge that was answered is over.
type outcome[R any] struct {
	result R
	failed error
}

// told gives the failure that an outcome carries, after it was committed.
func told[C, R any](f command.Func[C, outcome[R]]) command.Func[C, R] {
	return func(ctx context.Context, in C) (R, error) {
		out, err := f(command.Unkept(ctx), in)
		if err == nil {
			err = out.failed
		}
		return out.result, err
	}
}
