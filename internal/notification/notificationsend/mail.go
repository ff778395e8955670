package notificationsend

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Mail speaks SMTP to the server that the operator names.
type Mail struct {
	host, port string
	implicit   bool // TLS from the first byte
	insecure   bool // a server on this machine that offers no TLS
	auth       smtp.Auth
	from       mail.Address
	tls        *tls.Config
}

const mailWithin = 30 * time.Second

// ParseMail reads smtp://user:password@host:587?from=stoa@example.org, or smtps:// for
// TLS from the first byte (port 465). smtp:// turns to TLS by STARTTLS, and refuses to
// go on without, unless the server is on this machine.
func ParseMail(text string) (*Mail, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("the mail server is not like smtp://user:password@host:587?from=stoa@example.org")
	}
	m := &Mail{host: u.Hostname(), implicit: u.Scheme == "smtps", port: u.Port()}
	if m.port == "" {
		m.port = map[bool]string{true: "465", false: "587"}[m.implicit]
	}
	ip := net.ParseIP(m.host)
	m.insecure = m.host == "localhost" || ip != nil && ip.IsLoopback()
	m.tls = &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	if u.User != nil {
		password, _ := u.User.Password()
		m.auth = smtp.PlainAuth("", u.User.Username(), password, m.host)
	}
	from, err := mail.ParseAddress(cmp.Or(u.Query().Get("from"), "stoa@"+m.host))
	if err != nil {
		return nil, fmt.Errorf("read the sender's address: %w", err)
	}
	m.from = mail.Address{Name: cmp.Or(from.Name, "Stoa"), Address: from.Address}
	return m, nil
}

func (m *Mail) send(ctx context.Context, p notification.Parcel) (notification.Receipt, error) {
	to, err := mail.ParseAddress(p.Target.Reveal())
	if err != nil {
		return notification.Receipt{Permanent: true}, errors.New("the account's address cannot be written to")
	}
	err = m.deliver(ctx, to.Address, m.write(to.Address, p))
	if err == nil {
		return notification.Receipt{StatusCode: 250}, nil
	}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		if errors.Is(err, errOurs) { // it is the operator's to mend, and the message can wait for that
			return notification.Receipt{StatusCode: said.Code}, fmt.Errorf("the mail server answered %d: %w", said.Code, errOurs)
		}
		// 5yz is for good, 4yz is for now (RFC 5321).
		return notification.Receipt{StatusCode: said.Code, Permanent: said.Code >= 500, Answer: scrub([]byte(said.Msg), nil)},
			fmt.Errorf("the mail server answered %d", said.Code)
	}
	return notification.Receipt{}, fmt.Errorf("reach the mail server: %w", err)
}

// Letter is an e-mail to an address that is no subscription's.
type Letter struct {
	ID      ident.ID // the same at every attempt
	At      time.Time
	To      secret.String
	Subject string
	Text    string
	Link    string
}

// Letter sends one. A permanent failure is one that every other attempt would meet too.
func (m *Mail) Letter(ctx context.Context, l Letter) (permanent bool, err error) {
	p := notification.Parcel{Channel: notification.Email, Target: l.To, At: l.At}
	p.Message.Timestamp = l.At
	p.Message.Data = notification.MessageData{ID: l.ID, Severity: notification.Medium.String(), Title: l.Subject, Body: l.Text, URL: l.Link}
	r, err := m.send(ctx, p)
	return r.Permanent, err
}

func (m *Mail) deliver(ctx context.Context, to string, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, mailWithin)
	defer cancel()
	conn, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client, err := smtp.NewClient(conn, m.host)
	if err != nil {
		_ = conn.Close()
		return err
	}
	defer func() { _ = client.Close() }()
	if err := m.secure(client); err != nil {
		return err
	}
	if m.auth != nil {
		if err := client.Auth(m.auth); err != nil {
			return fmt.Errorf("%w: %w", errOurs, err)
		}
	}
	if err := client.Mail(m.from.Address); err != nil {
		return fmt.Errorf("%w: %w", errOurs, err)
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = client.Quit() // it has the message
	return nil
}

var errOurs = errors.New("it does not accept this installation's credentials or sender (--smtp-url)")

func (m *Mail) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(m.host, m.port)
	if m.implicit {
		return (&tls.Dialer{Config: m.tls}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

func (m *Mail) secure(client *smtp.Client) error {
	if m.implicit {
		return nil
	}
	if offered, _ := client.Extension("STARTTLS"); offered {
		return client.StartTLS(m.tls)
	}
	if !m.insecure {
		return errors.New("it offers no TLS, and a password or a message does not leave this machine without")
	}
	return nil
}

// write makes the message. Nothing of it can break out of its header: titles are
// encoded words, addresses were parsed.
func (m *Mail) write(to string, p notification.Parcel) []byte {
	d := p.Message.Data
	var b bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	header("From", m.from.String())
	header("To", (&mail.Address{Address: to}).String())
	header("Subject", mime.QEncoding.Encode("utf-8", oneLine(d.Title)))
	header("Date", p.Message.Timestamp.Format(time.RFC1123Z))
	header("Message-ID", "<"+d.ID.String()+"@"+domainOf(m.from.Address)+">") // the same at every attempt
	header("Auto-Submitted", "auto-generated")
	header("X-Stoa-Severity", d.Severity)
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	text := d.Title + "\n"
	if d.Body != "" {
		text += "\n" + d.Body + "\n"
	}
	if d.URL != "" {
		text += "\n" + d.URL + "\n"
	}
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
