package stoa

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client talks to one Stoa installation as one user or service account. It is safe for concurrent use.
type Client struct {
	Executions      *Executions
	Runtimes        *Runtimes
	Scripts         *Scripts
	Files           *Files
	Preferences     *PreferencesAPI
	Tokens          *Tokens
	Nodes           *Nodes
	Projects        *Projects
	Organizations   *Organizations
	Events          *Events
	Audit           *AuditAPI
	Users           *Users
	DeadLetters     *DeadLetters
	Replays         *Replays
	Sinks           *Sinks
	Me              *MeAPI
	Providers       *IdentityProviders
	Limits          *Limits
	Notifications   *Notifications
	Auth            *Auth
	SecondFactor    *SecondFactorAPI
	Passkeys        *Passkeys
	ServiceAccounts *ServiceAccounts

	base      *url.URL
	baseError error
	http      *http.Client
	token     string
	session   *http.Cookie
	agent     string
	retries   int
	patience  time.Duration // the longest Retry-After that is waited for
	idle      time.Duration // a stream that is silent for longer is dead

	waiting func(why error, wait time.Duration)
	sleep   func(context.Context, time.Duration) error
	jitter  func() float64 // in [0, 1)
}

// Option changes a Client that New makes.
type Option func(*Client)

// Token authenticates every request with an API token ("stoa_pat_…").
func Token(secret string) Option { return func(c *Client) { c.token = secret } }

// HTTPClient sends requests through h instead of a client of our own. Its Timeout must be zero if streams are used.
func HTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// UserAgent names the program in the server's logs.
func UserAgent(name string) Option { return func(c *Client) { c.agent = name } }

// Retries says how often a failed request is tried again; the default is 3.
func Retries(n int) Option { return func(c *Client) { c.retries = max(n, 0) } }

// Patience is the longest Retry-After that is waited for; a longer one is returned as the error that it is. The default is 30 s.
func Patience(d time.Duration) Option { return func(c *Client) { c.patience = d } }

// Waiting is told why and how long the client is about to wait before it tries again. It must not block.
func Waiting(tell func(why error, wait time.Duration)) Option {
	return func(c *Client) { c.waiting = tell }
}

// New makes a client of the installation at address ("https://stoa.example.org").
// A malformed address is reported by the first request.
func New(address string, options ...Option) *Client {
	c := &Client{
		http:     &http.Client{Transport: transport()},
		agent:    "stoa-go",
		retries:  3,
		patience: 30 * time.Second,
		idle:     45 * time.Second, // three heartbeats
		waiting:  func(error, time.Duration) {},
		sleep:    sleep,
		jitter:   rand.Float64,
	}
	c.base, c.baseError = parseAddress(address)
	for _, option := range options {
		option(c)
	}
	return c.bind()
}

func (c *Client) bind() *Client {
	c.Executions = &Executions{c}
	c.Runtimes = &Runtimes{c}
	c.Scripts = &Scripts{c}
	c.Files = &Files{c}
	c.Preferences = &PreferencesAPI{c}
	c.Tokens = &Tokens{c}
	c.ServiceAccounts = &ServiceAccounts{c}
	c.Nodes = &Nodes{c}
	c.Projects = &Projects{c}
	c.Organizations = &Organizations{c}
	c.Events = &Events{c}
	c.Audit = &AuditAPI{c}
	c.Users = &Users{c}
	c.DeadLetters = &DeadLetters{c}
	c.Replays = &Replays{c}
	c.Sinks = &Sinks{c}
	c.Me = &MeAPI{c}
	c.Providers = &IdentityProviders{c}
	c.Limits = &Limits{c}
	c.Notifications = &Notifications{c}
	c.Auth = &Auth{c}
	c.SecondFactor = &SecondFactorAPI{c}
	c.Passkeys = &Passkeys{c}
	return c
}

// Address is where the client sends its requests.
func (c *Client) Address() string {
	if c.base == nil {
		return ""
	}
	return c.base.String()
}

func parseAddress(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("parse address: %w", err)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("address %q is not an http or https URL", address)
	}
	return u, nil
}

func transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,

		ExpectContinueTimeout: 10 * time.Second,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
