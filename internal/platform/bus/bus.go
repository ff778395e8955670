// Package bus is the port to the message bus: how replicas wake one another,
// share live frames and ask one another small questions.
//
// What goes over the bus may be lost: on a full buffer, on a broken connection,
// when nobody listens. So it carries hints (ids, never state) and live output
// that can be had again from its source. Nothing durable may depend on it.
//
// Each subject is made by a function, whose comment shows the literal.
package bus

import (
	"context"
	"errors"
	"strings"
)

// Bus publishes and subscribes. Its methods may be called from anywhere, at the same time.
type Bus interface {
	// Publish sends to all current subscribers, in this process and in others. It
	// does not wait for them. Subscribers see one publisher's messages in order.
	Publish(subject string, data []byte) error
	// Subscribe calls handle for each message, one after the other, on a goroutine
	// of the subscription. A subject may end in ".>" or hold "*" for one token.
	// When it returns, messages published from then on in this process arrive.
	Subscribe(subject string, handle func(Message), options ...Option) (Subscription, error)
	// Request sends and waits for the first answer, until ctx ends. ErrNobody means
	// that no subscriber was there.
	Request(ctx context.Context, subject string, data []byte) ([]byte, error)
}

// Message is what a subscriber gets. Data belongs to the subscriber.
type Message struct {
	Subject string
	Data    []byte
	// Answer replies to a request; it is nil when nobody waits for one.
	Answer func(data []byte) error
}

// Subscription ends with Close, after which handle is not called again, except
// for a call that is under way.
type Subscription interface {
	Close() error
}

// The errors that callers can act on.
var (
	ErrNobody = errors.New("nobody subscribes to this subject")
	ErrAway   = errors.New("the bus is not connected")
	ErrClosed = errors.New("the bus is closed")
)

// Limits of one subscription's backlog; what comes beyond is dropped.
const (
	DefaultMessages = 1024
	DefaultBytes    = 4 << 20
)

// Options are what Option functions set.
type Options struct {
	Messages int // backlog in messages
	Bytes    int // backlog in bytes
	Lost     func(n int)
}

// Option changes one subscription.
type Option func(*Options)

// Backlog bounds what waits for the handler, in messages and bytes.
func Backlog(messages, bytes int) Option {
	return func(o *Options) { o.Messages, o.Bytes = messages, bytes }
}

// OnLost tells the subscriber that messages are missing: n of them, or an unknown
// number (n is 0) because the connection was away. It is called before the next
// message, on the same goroutine, except for n = 0, which comes at once. The
// subscriber should look at the truth again.
func OnLost(lost func(n int)) Option {
	return func(o *Options) { o.Lost = lost }
}

// Apply is for implementations.
func Apply(options []Option) Options {
	o := Options{Messages: DefaultMessages, Bytes: DefaultBytes, Lost: func(int) {}}
	for _, option := range options {
		option(&o)
	}
	return o
}

// Subject joins tokens to "stoa.<token>.<token>…". Tokens must not hold dots,
// blanks or wildcards, except that the last may be "*" or ">".
func Subject(tokens ...string) string {
	for i, token := range tokens {
		if wild := i == len(tokens)-1 && (token == "*" || token == ">"); token == "" || !wild && strings.ContainsAny(token, ".*> \t\r\n") {
			panic("bus: bad token " + token)
		}
	}
	return "stoa." + strings.Join(tokens, ".")
}
