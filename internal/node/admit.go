package node

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

// Admit turns an enrolment token into a node. Its caller is nobody yet: the token is the proof.
type Admit struct {
	Token    string
	Request  []byte // certificate request, PKCS #10 DER
	HostName string // names the node if the token does not
}

// Admitted is the new node and its first certificate.
type Admitted struct {
	NodeID      ident.ID
	Name        string
	Certificate []byte // DER
}

type enrollment struct {
	ID        ident.ID   `db:"id"`
	Name      string     `db:"name"`
	ExpiresAt time.Time  `db:"expires_at"`
	UsedAt    *time.Time `db:"used_at"`
}

// admit uses the token up and makes the node in one transaction: of two machines
// with one token, one joins.
func (s *Slice) admit(ctx context.Context, tx *command.Tx, c Admit) (Admitted, error) {
	token, err := pki.ParseToken(c.Token)
	if err != nil {
		return Admitted{}, errToken("This is no enrolment token.")
	}
	e, err := pg.One[enrollment](ctx, tx, lockEnrollment, token.Hash())
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Admitted{}, errToken("This enrolment token is unknown.")
	case err != nil:
		return Admitted{}, fmt.Errorf("find enrolment: %w", err)
	case e.UsedAt != nil:
		return Admitted{}, errToken("This enrolment token was used already.")
	case !tx.Now.Before(e.ExpiresAt):
		return Admitted{}, errToken("This enrolment token has expired.")
	}
	name, err := freeName(ctx, tx, e.Name, c.HostName)
	if err != nil {
		return Admitted{}, err
	}
	n := Node{ID: tx.NewID(), Name: name, Status: Enrolling, EnrolledAt: tx.Now}
	cert, err := s.authority.IssueNode(n.ID.String(), c.Request, s.cfg.CertificateLife)
	if err != nil {
		return Admitted{}, fault.New(fault.Invalid, "node.certificate_request", "The certificate request does not hold.").Because(err)
	}
	aggregate := n.changed()
	_, err = tx.Exec(ctx, insertNode, n.ID, n.Name, n.Status, n.EnrolledAt, n.Version)
	switch {
	case pg.IsUniqueViolation(err, "node_name"): // taken a moment ago: look again
		return Admitted{}, pg.ErrConflict
	case err != nil:
		return Admitted{}, fmt.Errorf("insert node: %w", err)
	}
	tx.Defer(useEnrollment, e.ID, tx.Now, n.ID)
	tx.Emit(aggregate, Enrolled{EnrollmentID: e.ID})
	return Admitted{NodeID: n.ID, Name: n.Name, Certificate: cert}, nil
}

func errToken(what string) error {
	return fault.New(fault.Unauthenticated, "node.token", "%s Make a new one with “stoa node enroll”; a token is good for one machine.", what)
}

// freeName is the wanted name, or the host's, with a number behind it if it is taken.
func freeName(ctx context.Context, tx *command.Tx, wanted, host string) (string, error) {
	name := wanted
	if name == "" {
		name = tidyName(host)
	}
	names, err := pg.All[string](ctx, tx, selectNames, name)
	if err != nil {
		return "", fmt.Errorf("read names of nodes: %w", err)
	}
	taken := map[string]bool{}
	for _, n := range names {
		taken[n] = true
	}
	free := name
	for i := 2; taken[free]; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	return free, nil
}

// tidyName makes a node's name of what a machine says its host name is. A name that
// needs tidying gets part of its own hash, so that different ones stay different.
func tidyName(host string) string {
	if nodeName.MatchString(host) {
		return host
	}
	kept := strings.Map(func(r rune) rune {
		if r < 128 && nodeName.MatchString(string(r)) {
			return r
		}
		return -1
	}, host)
	if kept != "" {
		kept = fmt.Sprintf("%.32s-", kept)
	}
	sum := sha256.Sum256([]byte(host))
	return fmt.Sprintf("node-%s%x", kept, sum[:3])
}
