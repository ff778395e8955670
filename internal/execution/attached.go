package execution

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Attachment is one connection of somebody who follows an interactive execution now.
type Attachment struct {
	ID        ident.ID  `db:"id"`
	AccountID ident.ID  `db:"account_id"`
	Name      string    `db:"-"`      // empty when the account is gone
	Writes    bool      `db:"writes"` // else it only watches
	Since     time.Time `db:"since"`
}

const (
	// attachmentLease is how long an attachment counts that is not renewed, for its replica may have died.
	attachmentLease = 20 * time.Second
	// leavePatience is how long the end of an attachment may take to be stored; else it runs out.
	leavePatience = 5 * time.Second
)

// Presence is an attachment for as long as its connection lasts. Losing its row costs others the sight of it, and the
// connection nothing.
type Presence struct {
	Attachment
	slice     *Slice
	execution ident.ID
}

// Join tells everybody who follows an interactive execution, on every replica, that the caller does so too. Whether the
// caller may was decided before. Renew it more often than every 20 seconds, and Leave in the end.
func (s *Slice) Join(ctx context.Context, id ident.ID, writes bool) *Presence {
	p := &Presence{Attachment{ID: s.newID(), AccountID: command.RequestFrom(ctx).Actor.ID, Writes: writes}, s, id}
	p.Renew(ctx)
	s.live.attached(id)
	return p
}

// Renew keeps it from running out.
func (p *Presence) Renew(ctx context.Context) {
	if err := p.slice.store.Attach(ctx, p.slice.runner.DB, p.execution, p.Attachment, attachmentLease); err != nil && ctx.Err() == nil {
		p.slice.log.WarnContext(ctx, "tell who is attached", "execution", p.execution, "error", err)
	}
}

// Leave ends it. The caller's context may have ended with the connection.
func (p *Presence) Leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leavePatience)
	defer cancel()
	if err := p.slice.store.Detach(ctx, p.slice.runner.DB, p.ID); err != nil {
		p.slice.log.WarnContext(ctx, "tell who is attached no more", "execution", p.execution, "error", err)
	}
	p.slice.live.attached(p.execution)
}

// attachments lists who is attached to an execution, the longest first.
func (s *Slice) attachments(ctx context.Context, q pg.Querier, id ident.ID) ([]Attachment, error) {
	all, err := s.store.Attachments(ctx, q, id)
	if err != nil {
		return nil, fmt.Errorf("read who is attached: %w", err)
	}
	accounts := make([]ident.ID, len(all))
	for i, a := range all {
		accounts[i] = a.AccountID
	}
	names, err := s.names(ctx, q, accounts, nil)
	for i := range all {
		all[i].Name = names[all[i].AccountID].Text
	}
	return all, err
}
