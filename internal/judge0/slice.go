package judge0

import (
	"context"
	"log/slog"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Sender calls back. It holds no transaction.
type Sender interface {
	// Check tells at once why an address will not be called.
	Check(url string) error
	// Send gives an error when there was no answer, or none that means “arrived”.
	Send(ctx context.Context, url secret.String, s Submission, d execution.Details) (Receipt, error)
}

// Receipt is what the other side wishes.
type Receipt struct {
	StatusCode int // 0: there was no answer
	RetryAfter time.Duration
	Permanent  bool // the same call will never be taken
}

// Sealer keeps secrets in the database unreadable without the installation's key.
type Sealer interface {
	Seal(plain secret.String, purpose string) []byte
	Open(sealed []byte, purpose string) (secret.String, error)
}

// Executions is what is read of executions.
type Executions interface {
	Read(ctx context.Context, q pg.Querier, id ident.ID) (execution.Details, error)
}

// Needs is what the slice stands on.
type Needs struct {
	Runner     *command.Runner
	Executions Executions
	Sender     Sender
	Keys       Sealer
	Limits     execution.Limiter
	Observe    func(arrived bool) // one call per attempt; may be nil
	Log        *slog.Logger
}

// Slice keeps submissions and calls back.
type Slice struct {
	// Redeliver makes a callback again.
	Redeliver command.Func[Redeliver, struct{}]

	settle command.Func[settle, struct{}]

	runner     *command.Runner
	executions Executions
	sender     Sender
	keys       Sealer
	limits     execution.Limiter
	observe    func(arrived bool)
	log        *slog.Logger
	courier    *courier.Courier[Callback, Receipt]
}

// New binds the slice.
func New(n Needs) *Slice {
	s := &Slice{
		runner: n.Runner, executions: n.Executions, sender: n.Sender, keys: n.Keys, limits: n.Limits, observe: n.Observe,
		log: n.Log,
	}
	if s.observe == nil {
		s.observe = func(bool) {}
	}
	s.settle = command.Bind(n.Runner, command.Spec[settle]{Name: "judge0.settle", Scope: command.NoScope[settle]}, s.settleCallback)
	s.Redeliver = command.Bind(n.Runner, command.Spec[Redeliver]{Name: "judge0.redeliver", Scope: s.scopeOf}, s.redeliver)
	s.courier = s.newCourier()
	return s
}

// CheckCallback tells at once why an address will not be called.
func (s *Slice) CheckCallback(url string) error { return s.sender.Check(url) }
