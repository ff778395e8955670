package node

import (
	"log/slog"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// Authority issues nodes' certificates; *pki.Authority is one. It computes and waits for nothing.
type Authority interface {
	Pin() pki.Pin
	IssueNode(nodeID string, request []byte, lifetime time.Duration) ([]byte, error)
}

// Config is the slice's timing. Zeros take the defaults.
type Config struct {
	Lease           time.Duration // 10 s: how long a session holds without renewal
	Grace           time.Duration // 5 s: how much longer its executions may run before others may start again
	Every           time.Duration // 2 s: the reconciler's pause
	Settle          time.Duration // 5 s: how long an empty node must be seen before it counts as drained
	CertificateLife time.Duration // 7 days; kept within pki's bounds
}

// WithDefaults fills in what is zero.
func (c Config) WithDefaults() Config {
	or := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	or(&c.Lease, 10*time.Second)
	or(&c.Grace, 5*time.Second)
	or(&c.Every, 2*time.Second)
	or(&c.Settle, settle)
	or(&c.CertificateLife, pki.DefaultNodeLifetime)
	return c
}

// Slice is everything that can be done with nodes.
type Slice struct {
	// By operators.
	Enroll   command.Func[Enroll, Enrollment]
	Cordon   command.Func[Cordon, Node]
	Uncordon command.Func[Uncordon, Node]
	Drain    command.Func[Drain, Node]
	Remove   command.Func[Remove, struct{}]
	List     command.Func[List, []Node]
	Get      command.Func[Get, Node]

	// By agents.
	Admit command.Func[Admit, Admitted]
	Open  command.Func[Open, Opened]
	Renew command.Func[Renew, Renewed]

	// By the reconciler.
	markOffline command.Func[lapse, struct{}]
	markDrained command.Func[finishDrain, Node]

	cfg       Config
	db        *pg.DB
	authority Authority
	log       *slog.Logger
}

// New binds the slice's commands and queries.
func New(r *command.Runner, authority Authority, cfg Config) *Slice {
	s := &Slice{cfg: cfg.WithDefaults(), db: r.DB, authority: authority, log: r.Log}
	s.Enroll = command.Bind(r, platform[Enroll]("node.enroll"), s.enroll)
	s.Cordon = command.Bind(r, platform[Cordon]("node.cordon"), s.cordon)
	s.Uncordon = command.Bind(r, platform[Uncordon]("node.uncordon"), s.uncordon)
	s.Drain = command.Bind(r, platform[Drain]("node.drain"), s.drain)
	s.Remove = command.Bind(r, platform[Remove]("node.remove"), s.remove)
	s.List = command.BindQuery(r, command.QuerySpec[List]{Name: "node.list", Scope: noScope[List]}, s.list)
	s.Get = command.BindQuery(r, command.QuerySpec[Get]{Name: "node.get", Scope: noScope[Get]}, s.get)

	s.Admit = command.Bind(r, platform[Admit]("node.admit"), s.admit)
	s.Open = command.Bind(r, platform[Open]("node.open_session"), s.open)
	s.Renew = command.Bind(r, platform[Renew]("node.renew_certificate"), s.renew)

	s.markOffline = command.Bind(r, platform[lapse]("node.mark_offline"), s.lapse)
	s.markDrained = command.Bind(r, platform[finishDrain]("node.mark_drained"), s.finishDrain)
	return s
}

// Timing is the configuration with its defaults filled in.
func (s *Slice) Timing() Config { return s.cfg }

// platform declares a command that acts on the platform: nodes belong to nobody else.
func platform[C any](name string) command.Spec[C] {
	return command.Spec[C]{Name: name, Scope: command.NoScope[C]}
}
