package node

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// Bounds of an enrolment token's life.
const (
	DefaultTokenLife = 15 * time.Minute
	MaxTokenLife     = 24 * time.Hour
)

// Enroll makes a token by which one machine may join.
type Enroll struct {
	Name string        // of the node to be; empty lets the machine say its host name
	Life time.Duration // of the token; zero is DefaultTokenLife
}

var nodeName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$`)

// Validate implements command.Validator.
func (c Enroll) Validate() error {
	if c.Name != "" && !nodeName.MatchString(c.Name) {
		return fault.New(fault.Invalid, "node.name_invalid", "A node's name has 1 to 63 letters, digits, dots and dashes.").At("body.name", "not a node's name")
	}
	if c.Life < 0 || c.Life > MaxTokenLife {
		return fault.New(fault.Invalid, "node.token_life_invalid", "A token lives for at most %s.", MaxTokenLife).
			At("body.ttl_seconds", fmt.Sprintf("must be from 1 to %d", int(MaxTokenLife.Seconds())))
	}
	return nil
}

// Enrollment is a new token. Its text is shown once: nothing but its hash is stored,
// so a replayed answer (Idempotency-Key) comes without it.
type Enrollment struct {
	ID        ident.ID  `json:"id"`
	Token     string    `json:"-"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Slice) enroll(_ context.Context, tx *command.Tx, c Enroll) (Enrollment, error) {
	if c.Life == 0 {
		c.Life = DefaultTokenLife
	}
	token := pki.NewToken(s.authority.Pin())
	made := Enrollment{ID: tx.NewID(), Token: token.Reveal(), ExpiresAt: tx.Now.Add(c.Life)}
	tx.Defer(insertEnrollment, made.ID, token.Hash(), c.Name, tx.Now, made.ExpiresAt)
	tx.Emit(eventlog.Aggregate{Kind: "node_enrollment", ID: made.ID, Version: 1}, EnrollmentCreated{ExpiresAt: made.ExpiresAt})
	return made, nil
}
