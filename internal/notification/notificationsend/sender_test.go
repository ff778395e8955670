package notificationsend

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

func parcel(channel notification.Channel, target string) notification.Parcel {
	p := notification.Parcel{Channel: channel, At: time.Unix(1_700_000_000, 0), Target: secret.New(target), Message: notification.Message{
		Type: "execution.failed.v1", Timestamp: time.Unix(1_700_000_000, 0).UTC(),
		Data: notification.MessageData{ID: ident.New(), Severity: "medium", Title: "<Größe> & \r\nBcc: all@example.org", Body: "exit code 1\n.\nend", URL: "https://stoa.example/x"},
	}}
	p.Body, _ = json.Marshal(p.Message)
	return p
}

func TestSlackIsWrittenInItsMarkup(t *testing.T) {
	var got map[string]string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = json.NewDecoder(r.Body).Decode(&got) }))
	defer server.Close()
	s := New(outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), nil)
	r, err := s.Send(t.Context(), parcel(notification.Slack, server.URL))
	if err != nil || r.StatusCode != 200 || !strings.HasPrefix(got["text"], "*<https://stoa.example/x|&lt;Größe&gt; &amp; ") {
		t.Errorf("%+v, %v: %q", r, err, got)
	}
}

func TestForbiddenReceiversAreNotCalled(t *testing.T) {
	s := New(outbound.New(outbound.Config{}), nil)
	for _, channel := range []notification.Channel{notification.Webhook, notification.Slack} {
		if err := s.Check(channel, "http://169.254.169.254/"); !fault.Is(err, "outbound.url") {
			t.Errorf("%s: %v", channel, err)
		}
		if _, err := s.Send(t.Context(), parcel(channel, "http://127.0.0.1:1/")); err == nil {
			t.Errorf("%s was sent", channel)
		}
	}
	if err := s.Check(notification.Email, ""); !fault.Is(err, "notification.no_mail") {
		t.Errorf("%v", err)
	}
}

func TestAnswersAreScrubbed(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                           "plain",
		"key sk_live_abcdefgh12 ok":       "key *** ok",
		"a\x00b\x1b[31m\xff":              "a b [31m�",
		"Authorization: Bearer abc123def": "Authorization: ***",
		"you sent hunter2!":               "you sent ***!",
		strings.Repeat("ä", 600):          strings.Repeat("ä", 512),
	} {
		if got := scrub([]byte(in), []secret.String{secret.New("hunter2")}); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// mailServer is a small SMTP server that says what it is told to say at RCPT.
func mailServer(t *testing.T, rcpt string) (address string, got chan string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	got = make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go converse(conn, rcpt, got)
		}
	}()
	return l.Addr().String(), got
}

func converse(conn net.Conn, rcpt string, got chan string) {
	defer func() { _ = conn.Close() }()
	r := textproto.NewReader(bufio.NewReader(conn))
	say := func(line string) { _, _ = fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test")
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "RCPT":
			say(rcpt)
		case "DATA":
			say("354 go on")
			body, _ := io.ReadAll(r.DotReader())
			got <- string(body)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestMailIsWrittenAndSent(t *testing.T) {
	address, got := mailServer(t, "250 ok")
	m, err := ParseMail("smtp://" + address + "?from=stoa@example.org")
	if err != nil {
		t.Fatal(err)
	}
	s := New(outbound.New(outbound.Config{}), m)
	p := parcel(notification.Email, "ann@example.org")
	if _, err := s.Send(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(strings.NewReader(<-got))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(message.Body)
	if message.Header.Get("Bcc") != "" || message.Header.Get("To") != "<ann@example.org>" || message.Header.Get("From") != `"Stoa" <stoa@example.org>` ||
		message.Header.Get("Message-ID") != "<"+p.Message.Data.ID.String()+"@example.org>" || !strings.Contains(string(body), "exit code 1\n.\nend") {
		t.Errorf("%+v\n%s", message.Header, body)
	}
}

func TestMailServersRefusals(t *testing.T) {
	for answer, permanent := range map[string]bool{"550 no such user": true, "451 later": false} {
		address, _ := mailServer(t, answer)
		m, err := ParseMail("smtp://" + address)
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.send(t.Context(), parcel(notification.Email, "ann@example.org"))
		if err == nil || r.Permanent != permanent || r.StatusCode == 0 {
			t.Errorf("%s: %+v, %v", answer, r, err)
		}
	}
	// A server elsewhere that offers no TLS gets nothing.
	address, _ := mailServer(t, "250 ok")
	m, err := ParseMail("smtp://" + address)
	if err != nil {
		t.Fatal(err)
	}
	m.insecure = false
	if _, err := m.send(context.WithoutCancel(t.Context()), parcel(notification.Email, "ann@example.org")); err == nil {
		t.Error("mail left in the clear")
	}
	for _, text := range []string{"", "http://x", "smtp://", "smtp://h?from=nobody"} {
		if _, err := ParseMail(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
