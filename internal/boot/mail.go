package boot

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/notification/notificationsend"
)

// openMail reads which server takes e-mail; without one nobody is written to.
func (p *Program) openMail() (err error) {
	if p.config.SMTPURL == "" {
		return nil
	}
	if p.mail, err = notificationsend.ParseMail(p.config.SMTPURL); err != nil {
		return fmt.Errorf("read --smtp-url: %w", err)
	}
	return nil
}

// letters adapts the mail server to what identity needs.
func (p *Program) letters() identity.Mail {
	if p.mail == nil {
		return nil
	}
	return letters{p}
}

type letters struct{ p *Program }

// Send implements identity.Mail.
func (l letters) Send(ctx context.Context, letter identity.Letter) (permanent bool, err error) {
	link := ""
	if letter.Link != "" {
		link = l.p.url() + letter.Link
	}
	permanent, err = l.p.mail.Letter(ctx, notificationsend.Letter{
		ID: letter.ID, At: letter.At, To: letter.To, Subject: letter.Subject, Text: letter.Text, Link: link,
	})
	l.p.observeMail(err == nil)
	return permanent, err
}
