package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// startPocketBase starts one with a collection of one text field. Whether its
// commits are durable is for who built it: README.md says how to make them so.
func startPocketBase(ctx context.Context, program string) (theirs *resource, pid int, stop func(), err error) {
	dir, err := os.MkdirTemp("", "stoa-bench-pocketbase-")
	if err != nil {
		return nil, 0, nil, err
	}
	const email, password = "bench@example.org", "not-a-secret-1"
	made := exec.CommandContext(ctx, program, "superuser", "upsert", email, password, "--dir", dir)
	if out, err := made.CombinedOutput(); err != nil {
		return nil, 0, nil, fmt.Errorf("make its superuser: %w: %s", err, out)
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, 0, nil, err
	}
	cmd := exec.Command(program, "serve", "--http", address, "--dir", dir)
	if stop, err = startPeer(cmd, dir); err != nil {
		return nil, 0, nil, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	url := "http://" + address
	var signedIn struct {
		Token string `json:"token"`
	}
	if err := eventually(ctx, 20*time.Second, func() error {
		return call(ctx, client, http.MethodPost, url+"/api/collections/_superusers/auth-with-password", map[string]any{"identity": email, "password": password}, &signedIn)
	}); err != nil {
		stop()
		return nil, 0, nil, err
	}
	theirs = &resource{
		name: "pocketbase", base: url, path: "/api/collections/things/records", list: "?perPage=30&sort=-created",
		call: func(ctx context.Context, method, path string, body, answer any) error {
			return call(ctx, client, method, url+path, body, answer, "Authorization", signedIn.Token)
		},
	}
	collection := map[string]any{"name": "things", "type": "base", "fields": []any{
		map[string]any{"name": "name", "type": "text", "required": true},
		map[string]any{"name": "created", "type": "autodate", "onCreate": true},
	}, "indexes": []string{"CREATE INDEX idx_things_created ON things (created)"}}
	if err := theirs.call(ctx, http.MethodPost, "/api/collections", collection, nil); err != nil {
		stop()
		return nil, 0, nil, err
	}
	return theirs, cmd.Process.Pid, stop, nil
}
