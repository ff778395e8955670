// Package notificationsend carries notifications out of the house: by webhook as
// Standard Webhooks has it, to Slack, and by e-mail.
package notificationsend

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Sender implements notification.Sender.
type Sender struct {
	out  *outbound.Client
	mail *Mail // nil: no mail server is configured
}

var _ notification.Sender = (*Sender)(nil)

// New makes a sender. Without a mail server the channel email is refused.
func New(out *outbound.Client, mail *Mail) *Sender { return &Sender{out, mail} }

// Check implements notification.Sender.
func (s *Sender) Check(channel notification.Channel, target string) error {
	if channel != notification.Email {
		return s.out.CheckURL(target)
	}
	if s.mail == nil {
		return fault.New(fault.Conflict, "notification.no_mail", "This installation sends no e-mail. Its operator sets --smtp-url.")
	}
	return nil
}

// Send implements notification.Sender.
func (s *Sender) Send(ctx context.Context, p notification.Parcel) (notification.Receipt, error) {
	switch p.Channel {
	case notification.Webhook:
		return s.webhook(ctx, p)
	case notification.Slack:
		return s.slack(ctx, p)
	case notification.Email:
		if s.mail == nil {
			return notification.Receipt{}, fmt.Errorf("this installation sends no e-mail")
		}
		return s.mail.send(ctx, p)
	default:
		return notification.Receipt{Permanent: true}, fmt.Errorf("nothing is sent to channel %q", p.Channel)
	}
}

const userAgent = "Stoa-Webhooks/1.0"

func (s *Sender) webhook(ctx context.Context, p notification.Parcel) (notification.Receipt, error) {
	id := p.Message.Data.ID.String()
	signature, err := notification.Signature(p.Secrets, id, p.At, p.Body)
	if err != nil {
		return notification.Receipt{}, err
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {userAgent},
		"Webhook-Id": {id}, "Webhook-Timestamp": {strconv.FormatInt(p.At.Unix(), 10)}, "Webhook-Signature": {signature},
	}
	return s.post(ctx, p, header, p.Body, append(p.Secrets, secret.New(signature)))
}

// slack writes a message for an incoming webhook. Slack reads &, < and > as markup.
func (s *Sender) slack(ctx context.Context, p notification.Parcel) (notification.Receipt, error) {
	m := p.Message.Data
	plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	text := "*" + plain(m.Title) + "*"
	if m.URL != "" {
		text = "*<" + plain(m.URL) + "|" + plain(m.Title) + ">*"
	}
	if m.Body != "" {
		text += "\n" + plain(m.Body)
	}
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return notification.Receipt{Permanent: true}, err
	}
	return s.post(ctx, p, http.Header{"Content-Type": {"application/json"}, "User-Agent": {userAgent}}, body, nil)
}

func (s *Sender) post(ctx context.Context, p notification.Parcel, header http.Header, body []byte, hide []secret.String) (notification.Receipt, error) {
	a, err := s.out.Do(ctx, http.MethodPost, p.Target.Reveal(), header, body)
	if err != nil {
		return notification.Receipt{}, err
	}
	r := notification.Receipt{
		StatusCode: a.Status, RetryAfter: a.RetryAfter, Gone: a.Status == http.StatusGone, Answer: scrub(a.Body, append(hide, partsOf(p.Target)...)),
	}
	if a.Status < 200 || a.Status > 299 {
		return r, fmt.Errorf("answered %d %s", a.Status, cmp.Or(http.StatusText(a.Status), "(unknown)"))
	}
	return r, nil
}

// partsOf is the address in the pieces that an answer may repeat, the longest first.
func partsOf(target secret.String) []secret.String {
	u, err := url.Parse(target.Reveal())
	if err != nil {
		return []secret.String{target}
	}
	parts := []secret.String{target}
	for _, part := range []string{u.RequestURI(), u.RawQuery, u.Path} {
		if len(part) > 1 {
			parts = append(parts, secret.New(part))
		}
	}
	return parts
}

// maxAnswer is how much of an answer is kept, in bytes.
const maxAnswer = 1024

// credentials look like what systems hand out to prove something.
var credentials = regexp.MustCompile(`(?i)(whsec_|stoa_[a-z]+_|xox[a-z]-|gh[a-z]_|sk_(live|test)_|bearer\s+|basic\s+|eyJ)[A-Za-z0-9+/=._-]{8,}`)

// scrub keeps the beginning of an answer as text, without what we sent and without
// what looks like a credential.
func scrub(answer []byte, hide []secret.String) string {
	text := strings.ToValidUTF8(string(answer), "�")
	for _, s := range hide {
		for part := range strings.FieldsSeq(s.Reveal()) {
			text = strings.ReplaceAll(text, part, "***")
		}
	}
	text = credentials.ReplaceAllString(text, "***")
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' {
			return r
		}
		return ' '
	}, text)
	if len(text) > maxAnswer {
		text = text[:maxAnswer]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	return text
}
