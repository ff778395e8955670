package script

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// mailbox is the mail server of the scripts' installation: what is sent to an address is
// appended to the file of that name.
type mailbox struct {
	mu  sync.Mutex
	dir string
}

// openMailbox starts it, sets MAILBOX to its folder, and gives stoad's --smtp-url.
func openMailbox(t *testing.T, env map[string]string) string {
	box := &mailbox{dir: t.TempDir()}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: box}, nil }))
	server.Domain = "mail.test"
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	env["MAILBOX"] = box.dir
	return "smtp://" + listener.Addr().String() + "?from=stoa@example.org"
}

func (m *mailbox) put(to string, message []byte) error {
	if to == "" || strings.ContainsAny(to, "/\x00") {
		return errors.New("this is no file's name")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := os.OpenFile(filepath.Join(m.dir, to), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(message, '\n'))
	return errors.Join(err, f.Close())
}

// delivery is one connection's.
type delivery struct {
	box *mailbox
	to  string
}

func (*delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Reset()                             { d.to = "" }
func (*delivery) Logout() error                        { return nil }

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return d.box.put(d.to, message)
}
