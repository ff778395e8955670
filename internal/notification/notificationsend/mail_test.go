package notificationsend

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/stoa-cloud/stoa/internal/notification"
)

// postOffice is a mail server as an organization has one: it wants TLS and a password before it takes anything.
type postOffice struct {
	mu    sync.Mutex
	mails []mailed
	tries int // to sign in
}

type mailed struct {
	user, from, to, text string
	encrypted            bool
}

// open starts it, with or without a certificate, and makes a client that trusts that.
func (o *postOffice) open(t *testing.T, url func(address string) string, offersTLS, implicit bool) *Mail {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for its certificate, of 127.0.0.1
	defer certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &counter{office: o, conn: c}, nil }))
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "mail.test", !offersTLS, silent{}
	if offersTLS {
		s.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if implicit {
		listener = tls.NewListener(listener, s.TLSConfig)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	m, err := ParseMail(url(address))
	if err != nil {
		t.Fatal(err)
	}
	m.tls.RootCAs, m.insecure = roots, false // as if it stood elsewhere
	return m
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// counter is where one client is served.
type counter struct {
	office *postOffice
	conn   *smtp.Conn
	mail   mailed
}

func (*counter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		c.office.mu.Lock()
		c.office.tries++
		c.office.mu.Unlock()
		if user != "stoa" || password != "s3cret" {
			return smtp.ErrAuthFailed
		}
		c.mail.user = user
		return nil
	}), nil
}

func (c *counter) Mail(from string, _ *smtp.MailOptions) error {
	if c.mail.user == "" {
		return smtp.ErrAuthRequired
	}
	c.mail.from = from
	return nil
}

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	c.mail.to = to
	return nil
}

func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, c.mail.encrypted = c.conn.TLSConnectionState()
	c.mail.text = string(text)
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.mails = append(c.office.mails, c.mail)
	return nil
}

func (c *counter) Reset()      { c.mail = mailed{user: c.mail.user} }
func (*counter) Logout() error { return nil }

func (o *postOffice) took() ([]mailed, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mails, o.tries
}

// smtpAt writes the operator's setting.
func smtpAt(scheme, who string) func(string) string {
	return func(address string) string { return scheme + "://" + who + address + "?from=stoa@example.org" }
}

func TestMailGoesEncryptedAndSignedIn(t *testing.T) {
	for scheme, implicit := range map[string]bool{"smtp": false, "smtps": true} {
		o := &postOffice{}
		m := o.open(t, smtpAt(scheme, "stoa:s3cret@"), true, implicit)
		r, err := m.send(t.Context(), parcel(notification.Email, "ann@example.org"))
		if err != nil || r.StatusCode != 250 {
			t.Fatalf("%s: %+v, %v", scheme, r, err)
		}
		mails, _ := o.took()
		if len(mails) != 1 || mails[0].user != "stoa" || mails[0].from != "stoa@example.org" || mails[0].to != "ann@example.org" ||
			!strings.Contains(mails[0].text, "exit code 1") || !mails[0].encrypted {
			t.Errorf("%s: %+v", scheme, mails)
		}
	}
}

// What only the operator can mend is no refusal of the message: it is tried again. What
// the server says of the message is.
func TestWhatAMailServerRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		who, to   string
		offersTLS bool
		distrust  bool
		says      string
		permanent bool
		tries     int // to sign in, that the server saw
	}{
		"a wrong password":          {who: "stoa:guess@", to: "ann@example.org", offersTLS: true, says: "answered 535: it does not accept this installation's credentials", tries: 1},
		"no password":               {to: "ann@example.org", offersTLS: true, says: "answered 502: it does not accept this installation's credentials"},
		"no such user":              {who: "stoa:s3cret@", to: "nobody@example.org", offersTLS: true, says: "answered 550", permanent: true, tries: 1},
		"no TLS":                    {who: "stoa:s3cret@", to: "ann@example.org", says: "offers no TLS"},
		"somebody else certificate": {who: "stoa:s3cret@", to: "ann@example.org", offersTLS: true, distrust: true, says: "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			o := &postOffice{}
			m := o.open(t, smtpAt("smtp", c.who), c.offersTLS, false)
			if c.distrust {
				m.tls.RootCAs = x509.NewCertPool()
			}
			r, err := m.send(t.Context(), parcel(notification.Email, c.to))
			if err == nil || !strings.Contains(err.Error(), c.says) || r.Permanent != c.permanent {
				t.Errorf("%+v, %v", r, err)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the reason holds the password: %v", err)
			}
			if mails, tries := o.took(); len(mails) != 0 || tries != c.tries {
				t.Errorf("%d mails, %d times signed in", len(mails), tries)
			}
		})
	}
}

// A server that says nothing holds nobody up for ever.
func TestASilentMailServer(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	m, err := ParseMail("smtp://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			defer func() { _ = conn.Close() }()
			cancel(errors.New("as if the time were over"))
			_, _ = io.Copy(&bytes.Buffer{}, conn)
		}
	}()
	if r, err := m.send(ctx, parcel(notification.Email, "ann@example.org")); err == nil || r.Permanent {
		t.Errorf("%+v, %v", r, err)
	}
}
