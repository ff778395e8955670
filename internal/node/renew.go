package node

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Renew gives the calling node a certificate for a new key.
type Renew struct {
	Request []byte // certificate request, PKCS #10 DER
}

// Renewed is the new certificate. The old one holds until it expires, or the node is removed.
type Renewed struct {
	Certificate []byte // DER
}

func (s *Slice) renew(ctx context.Context, tx *command.Tx, c Renew) (Renewed, error) {
	n, err := lockLiving(ctx, tx, tx.Actor.ID)
	if err != nil {
		return Renewed{}, err
	}
	cert, err := s.authority.IssueNode(n.ID.String(), c.Request, s.cfg.CertificateLife)
	if err != nil {
		return Renewed{}, fault.New(fault.Invalid, "node.certificate_request", "The certificate request does not hold.").Because(err)
	}
	return Renewed{Certificate: cert}, nil
}
