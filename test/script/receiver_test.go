package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// receiverCommand is "receiver FILE": it takes webhooks, one line of JSON each in FILE, until it is interrupted.
// FILE.url is where it listens, again if it is there already; it answers with the status in FILE.status, or 200. After the status
// may stand for how many seconds it wishes not to be asked again.
func receiverCommand() {
	if len(os.Args) != 2 {
		die(errors.New("usage: receiver FILE"))
	}
	file := os.Args[1]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	address := "127.0.0.1:0"
	if before, err := os.ReadFile(file + ".url"); err == nil {
		address = strings.TrimPrefix(strings.TrimSpace(string(before)), "http://")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	for deadline := time.Now().Add(time.Minute); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(deadline); {
		<-time.After(100 * time.Millisecond) // it was free a moment ago: somebody's outgoing connection has it
		listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	}
	if err != nil {
		die(err)
	}
	var one sync.Mutex
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one.Lock()
		defer one.Unlock()
		body, _ := io.ReadAll(r.Body)
		line, _ := json.Marshal(map[string]string{
			"path": r.URL.Path, "id": r.Header.Get("Webhook-Id"), "timestamp": r.Header.Get("Webhook-Timestamp"),
			"signature": r.Header.Get("Webhook-Signature"), "body": string(body),
		})
		status := http.StatusOK
		if text, err := os.ReadFile(file + ".status"); err == nil {
			word, after, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
			status, _ = strconv.Atoi(word)
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
		}
		if status == http.StatusOK {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err == nil {
				_, err = f.Write(append(line, '\n'))
			}
			if err != nil || f.Close() != nil {
				status = http.StatusInternalServerError
			}
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "thank you for "+r.Header.Get("Webhook-Signature"))
	})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := os.WriteFile(file+".url", fmt.Appendf(nil, "http://%s\n", listener.Addr()), 0o600); err != nil {
		die(err)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		die(err)
	}
}
