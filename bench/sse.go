package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	ssePublished = 20 // one after the other, each when everybody has the last one
	sseMissed    = 10 // while nobody is connected
	sseDialing   = 32 // connections that are opened at once
	sseWithin    = 2 * time.Minute
	sseSpare     = 200 // descriptors that are needed for other things
)

// broadcaster is a server that tells subscribers what was made.
type broadcaster struct {
	name    string
	process int      // the root of its tree
	program []string // the names of the processes in it that serve; nil: all
	// open subscribes, after the last id that this subscriber saw.
	open func(ctx context.Context, last string) (net.Conn, *bufio.Reader, error)
	// made reads from an event's data what was made; empty: the event is about something else.
	made    func(data []byte) string
	publish func(ctx context.Context) (id string, err error)
}

// measureSSE tells how events reach many subscribers at once: from the request that
// makes a thing to each subscriber, what a connection costs the server's processes, and
// who still sees everything once after all connections were cut.
func measureSSE(ctx context.Context, o options) error {
	fmt.Fprintf(o.out, "A thing is made (a project here, a record of one text field there); the times are from its request to each of so many subscribers on loopback, %d things one after the other.\n", ssePublished)
	fmt.Fprintf(o.out, "%-12s %6s  %9s %9s %9s  %9s  %s\n", "", "subs", "p50 ms", "p99 ms", "last ms", "kB each", "after a cut")
	for _, n := range o.subscribers {
		if most := descriptors() - sseSpare; n > most {
			fmt.Fprintf(o.out, "%d subscribers: this machine allows a process %d descriptors (nofile); %d are measured\n", n, most+sseSpare, most)
			n = most
		}
		if err := sseStoa(ctx, o, n); err != nil {
			return fmt.Errorf("%d subscribers of Stoa: %w", n, err)
		}
		if o.pocketBase == "" {
			fmt.Fprintln(o.out, "PocketBase: not given")
			continue
		}
		if err := ssePocketBase(ctx, o, n); err != nil {
			return fmt.Errorf("%d subscribers of PocketBase: %w", n, err)
		}
	}
	return nil
}

// descriptors is how many files a process may open. Go's programs raise the limit to
// what they are allowed, so servers that we start have as many.
func descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(limit.Cur, 1<<20))
}

func sseStoa(ctx context.Context, o options, n int) error {
	in, err := install(ctx, o.bin)
	if err != nil {
		return err
	}
	defer in.stop()
	host := strings.TrimPrefix(in.url, "http://")
	return o.broadcast(ctx, n, &broadcaster{
		name: "stoa", process: in.cmd.Process.Pid, program: []string{"stoad", "exe"}, // the latter started itself as another user
		open: func(ctx context.Context, last string) (net.Conn, *bufio.Reader, error) {
			return subscribe(ctx, host, "/api/v1/events/stream?all=true&type=project.created.v1", "Authorization", "Bearer "+in.token, "Last-Event-ID", last)
		},
		made: func(data []byte) string {
			var e struct {
				Type    string `json:"type"`
				Subject string `json:"subject"`
			}
			_ = json.Unmarshal(data, &e)
			id, ok := strings.CutPrefix(e.Subject, "project/")
			if !ok || e.Type != "project.created.v1" {
				return ""
			}
			return id
		},
		publish: func(ctx context.Context) (string, error) { return publish(ctx, in.call, "/api/v1/projects") },
	})
}

func ssePocketBase(ctx context.Context, o options, n int) error {
	theirs, pid, stop, err := startPocketBase(ctx, o.pocketBase)
	if err != nil {
		return fmt.Errorf("start PocketBase: %w", err)
	}
	defer stop()
	host := strings.TrimPrefix(theirs.base, "http://")
	return o.broadcast(ctx, n, &broadcaster{
		name: "pocketbase", process: pid,
		open: func(ctx context.Context, _ string) (net.Conn, *bufio.Reader, error) {
			conn, body, err := subscribe(ctx, host, "/api/realtime")
			if err != nil {
				return nil, nil, err
			}
			var hello struct {
				ClientID string `json:"clientId"`
			}
			_, data, err := nextEvent(body)
			if err == nil {
				err = json.Unmarshal(data, &hello)
			}
			if err == nil {
				err = theirs.call(ctx, http.MethodPost, "/api/realtime", map[string]any{"clientId": hello.ClientID, "subscriptions": []string{"things/*"}}, nil)
			}
			if err != nil {
				_ = conn.Close()
			}
			return conn, body, err
		},
		made: func(data []byte) string {
			var e struct {
				Action string `json:"action"`
				Record struct {
					ID string `json:"id"`
				} `json:"record"`
			}
			_ = json.Unmarshal(data, &e)
			if e.Action != "create" {
				return ""
			}
			return e.Record.ID
		},
		publish: func(ctx context.Context) (string, error) {
			return publish(ctx, func(ctx context.Context, method, path string, body, answer any, _ ...string) error {
				return theirs.call(ctx, method, path, body, answer)
			}, theirs.path)
		},
	})
}

func publish(ctx context.Context, call func(ctx context.Context, method, path string, body, answer any, headers ...string) error, path string) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	err := call(ctx, http.MethodPost, path, map[string]any{"name": "thing"}, &made)
	return made.ID, err
}

// subscribe opens a stream on a connection of its own, with nothing of a client
// library's around it: thousands share this process with who measures.
func subscribe(ctx context.Context, host, target string, headers ...string) (net.Conn, *bufio.Reader, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, nil, err
	}
	r := &http.Request{Method: http.MethodGet, Host: host, Header: http.Header{"Accept": {"text/event-stream"}}}
	if r.URL, err = url.Parse("http://" + host + target); err == nil {
		for i := 0; i+1 < len(headers); i += 2 {
			if headers[i+1] != "" {
				r.Header.Set(headers[i], headers[i+1])
			}
		}
		err = r.Write(conn)
	}
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReaderSize(conn, 1024), r) //nolint:bodyclose // the connection is closed
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the stream answers %s", answer.Status)
	}
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return conn, bufio.NewReaderSize(answer.Body, 2048), nil
}

// nextEvent reads one event: its id, and its data.
func nextEvent(body *bufio.Reader) (id string, data []byte, err error) {
	for {
		line, err := body.ReadBytes('\n')
		if err != nil {
			return "", nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if value, ok := bytes.CutPrefix(line, []byte("id:")); ok {
			id = string(bytes.TrimSpace(value))
		} else if value, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			data = append(data, bytes.TrimSpace(value)...)
		} else if len(line) == 0 && data != nil {
			return id, data, nil
		}
	}
}

// audience is the subscribers of one broadcaster.
type audience struct {
	*broadcaster
	last  []string // the last id that each saw
	conns []net.Conn
	heard chan hearing
	ended sync.WaitGroup
}

// hearing is that somebody got an event.
type hearing struct {
	who  int
	made string
	at   time.Time
}

// connect opens all connections, and listens on them until they are cut.
func (c *audience) connect(ctx context.Context, n int) error {
	c.conns = make([]net.Conn, n)
	if c.last == nil {
		c.last = make([]string, n)
	}
	free, failed := make(chan struct{}, sseDialing), make(chan error, n)
	var dialing sync.WaitGroup
	for i := range n {
		free <- struct{}{}
		dialing.Go(func() {
			defer func() { <-free }()
			conn, body, err := c.open(ctx, c.last[i])
			if err != nil {
				failed <- err
				return
			}
			c.conns[i] = conn
			c.ended.Go(func() { c.listen(i, body) })
		})
	}
	dialing.Wait()
	select {
	case err := <-failed:
		c.cut()
		return fmt.Errorf("subscribe: %w", err)
	default:
		return nil
	}
}

func (c *audience) listen(who int, body *bufio.Reader) {
	for {
		id, data, err := nextEvent(body)
		if err != nil {
			return
		}
		at := time.Now()
		made := c.made(data)
		if made == "" {
			continue
		}
		c.last[who] = id
		c.heard <- hearing{who, made, at}
	}
}

// cut ends all connections as a broken network does, and waits for who listened.
func (c *audience) cut() {
	for _, conn := range c.conns {
		if conn != nil {
			_ = conn.Close()
		}
	}
	c.ended.Wait()
}

// hears waits until everybody has heard of a thing, and gives when.
func (c *audience) hears(ctx context.Context, made string) (at []time.Time, err error) {
	deadline := time.After(sseWithin)
	for len(at) < len(c.conns) {
		select {
		case <-ctx.Done():
			return at, ctx.Err()
		case <-deadline:
			return at, fmt.Errorf("%d of %d arrived within %s", len(at), len(c.conns), sseWithin)
		case h := <-c.heard:
			if h.made == made {
				at = append(at, h.at)
			}
		}
	}
	return at, nil
}

// broadcast measures one server with so many subscribers, and prints a line.
func (o options) broadcast(ctx context.Context, n int, b *broadcaster) error {
	c := &audience{broadcaster: b, heard: make(chan hearing, n*(ssePublished+sseMissed+2))}
	if _, err := b.publish(ctx); err != nil { // whatever is made at the first time is not the connections'
		return err
	}
	before := b.memory()
	if err := c.connect(ctx, n); err != nil {
		return err
	}
	defer func() { c.cut() }()
	took := make([]time.Duration, 0, n*ssePublished)
	lasts := make([]time.Duration, 0, ssePublished)
	for range ssePublished {
		began := time.Now()
		made, err := b.publish(ctx)
		if err != nil {
			return err
		}
		all, err := c.hears(ctx, made)
		if err != nil {
			return err
		}
		for _, at := range all {
			took = append(took, at.Sub(began))
		}
		lasts = append(lasts, slices.MaxFunc(all, time.Time.Compare).Sub(began))
	}
	each := (b.memory() - before) / int64(n)
	resumed, err := c.resume(ctx, n)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%-12s %6d  %9.2f %9.2f %9.2f  %9.1f  %s\n", b.name, n, ms(percentile(took, 50)), ms(percentile(took, 99)), ms(percentile(lasts, 50)), float64(each)/1000, resumed)
	return nil
}

// resume cuts everybody off, makes things, and connects them again: what do they see
// of the things that they missed? One more thing at the end says when to stop looking.
func (c *audience) resume(ctx context.Context, n int) (string, error) {
	c.cut()
	missed := map[string]bool{}
	for range sseMissed {
		id, err := c.publish(ctx)
		if err != nil {
			return "", err
		}
		missed[id] = true
	}
	began := time.Now()
	if err := c.connect(ctx, n); err != nil {
		return "", err
	}
	end, err := c.publish(ctx)
	if err != nil {
		return "", err
	}
	seen, finished := map[[2]string]int{}, 0
	for deadline := time.After(sseWithin); finished < n; {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-deadline:
			return "", errors.New("the last one has not reached everybody")
		case h := <-c.heard:
			if h.made == end {
				finished++
			} else if missed[h.made] {
				seen[[2]string{fmt.Sprint(h.who), h.made}]++
			}
		}
	}
	again := 0
	for _, times := range seen {
		again += times - 1
	}
	return fmt.Sprintf("%.1f of %d missed ones seen, %d twice, after %.1f s", float64(len(seen))/float64(n), sseMissed, again, time.Since(began).Seconds()), nil
}

// memory is the proportional set size of the processes that serve, in bytes, when it is
// least within moments: what a burst left is collected then.
func (b *broadcaster) memory() int64 {
	var sizes []int64
	for range 6 {
		all := tree(b.process)
		if b.program != nil {
			all = slices.DeleteFunc(all, func(p process) bool { return !slices.Contains(b.program, p.name) })
		}
		measureMemory(all)
		sum := int64(0)
		for _, p := range all {
			sum += p.pss
		}
		sizes = append(sizes, sum)
		<-time.After(500 * time.Millisecond)
	}
	return slices.MinFunc(sizes, cmp.Compare[int64])
}
