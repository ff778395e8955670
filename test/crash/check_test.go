package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// checks are the promises, as queries that count what breaks them.
var checks = map[string]string{
	"accepted executions that are not there or have not ended": `
SELECT count(*) FROM unnest($1::uuid[]) a (id) LEFT JOIN execution e USING (id) WHERE e.ended_at IS NULL`,
	"accepted executions without exactly one terminal event": `
SELECT count(*) FROM unnest($1::uuid[]) a (id)
WHERE (SELECT count(*) FROM event e WHERE e.aggregate_id = a.id AND e.type IN
	('execution.completed.v1', 'execution.failed.v1', 'execution.timed_out.v1', 'execution.cancelled.v1', 'execution.error.v1')) <> 1`,
	"keys that acted twice": `
SELECT count(*) - count(DISTINCT key) FROM idempotency WHERE $1::uuid[] IS NOT NULL`,
	"executions that nobody was promised": `
SELECT count(*) FROM execution e WHERE $1::uuid[] IS NOT NULL
AND NOT EXISTS (SELECT FROM idempotency i WHERE (i.answer ->> 'ID')::uuid = e.id)`,
	"gaps in the log": `
SELECT coalesce(max(position), 0) - count(*) FROM event_log WHERE $1::uuid[] IS NOT NULL`,
	"events that are not in the log": `
SELECT count(*) FROM event e WHERE $1::uuid[] IS NOT NULL AND NOT EXISTS (SELECT FROM event_log l WHERE l.event_id = e.id)`,
	"events out of their aggregate's order": `
SELECT count(*) FROM (SELECT e.version, lag(e.version) OVER (PARTITION BY e.aggregate_kind, e.aggregate_id ORDER BY l.position) AS before
	FROM event_log l JOIN event e ON e.id = l.event_id WHERE $1::uuid[] IS NOT NULL) v WHERE v.before >= v.version`,
	"events that the consumer saw twice or not at all": `
SELECT abs((SELECT max(position) FROM event_log) - count(DISTINCT position)) + count(*) - count(DISTINCT position) FROM probe.seen WHERE $1::uuid[] IS NOT NULL`,
	"events that the consumer saw out of order": `
SELECT count(*) FROM (SELECT position, lag(position) OVER (ORDER BY id) AS before FROM probe.seen WHERE $1::uuid[] IS NOT NULL) p WHERE p.before >= p.position`,
	"load rows that do not count what there is": `
SELECT count(*) FROM execution_load l WHERE $1::uuid[] IS NOT NULL AND (l.active, l.queued) <> (
	SELECT count(*) FILTER (WHERE status IN ('scheduled', 'running')), count(*) FILTER (WHERE status = 'queued') FROM execution WHERE owner_id = l.user_id)`,
}

// consumerBehind is how many events the consumer has yet to see.
const consumerBehind = `
SELECT (SELECT count(*) FROM outbox) + coalesce((SELECT max(position) FROM event_log), 0) - coalesce((SELECT position FROM consumer WHERE name = 'probe'), 0)
FROM (SELECT $1::uuid[]) x`

// awaitConsumer waits until the consumer has seen everything.
func (in *installation) awaitConsumer(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		behind, err := in.count(ctx, map[string]string{"behind": consumerBehind}, nil)
		if err == nil && behind["behind"] == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the consumer is behind: %v, %v", behind, err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// checkEvents looks at the promises. What other consumers say of the round, the notice of an end for one, may be on its way
// just now: then it looks again. A promise that was broken stays so.
func (in *installation) checkEvents(t *testing.T, accepted []string, unless ...string) {
	t.Helper()
	in.hold(t, checks, func() []string { return accepted }, unless...)
}

// hold waits for a while until promises about what there is by then hold, and says which do not.
func (in *installation) hold(t *testing.T, promises map[string]string, ids func() []string, unless ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	for deadline := time.Now().Add(patience); ; {
		broken := in.learn(ctx, t, promises, ids())
		maps.DeleteFunc(broken, func(what string, n int64) bool { return n == 0 || slices.Contains(unless, what) })
		if len(broken) == 0 {
			return
		}
		if time.Now().After(deadline) {
			for what, n := range broken {
				t.Errorf("%d %s", n, what)
			}
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// learn counts as soon as there is a database to be asked: it may have been killed a moment ago.
func (in *installation) learn(ctx context.Context, t *testing.T, queries map[string]string, ids []string) map[string]int64 {
	t.Helper()
	for {
		counted, err := in.count(ctx, queries, ids)
		if err == nil {
			return counted
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// count asks the installation's database, as the user it belongs to: this very
// program, started again as that user.
func (in *installation) count(ctx context.Context, queries map[string]string, ids []string) (map[string]int64, error) {
	question, err := json.Marshal(map[string]any{"queries": queries, "ids": ids, "url": "postgres:///stoa?user=stoa&host=" + filepath.Join(in.data, "run", "pg")})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Env = append(os.Environ(), asked+"=1")
	cmd.Stdin = bytes.NewReader(question)
	if os.Geteuid() == 0 {
		service, err := user.Lookup("stoa")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.ParseUint(service.Uid, 10, 32)
		gid, _ := strconv.ParseUint(service.Gid, 10, 32)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	answer, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ask the database: %w: %s", err, stderr.String())
	}
	var counted map[string]int64
	return counted, json.Unmarshal(answer, &counted)
}

const asked = "STOA_CRASH_QUESTION"

// answer is the other side of count.
func answer() error {
	var question struct {
		URL     string            `json:"url"`
		Queries map[string]string `json:"queries"`
		IDs     []string          `json:"ids"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&question); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, question.URL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if question.IDs == nil {
		question.IDs = []string{}
	}
	counted := map[string]int64{}
	for name, sql := range question.Queries {
		var n int64
		if err := conn.QueryRow(ctx, sql, question.IDs).Scan(&n); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		counted[name] = n
	}
	return json.NewEncoder(os.Stdout).Encode(counted)
}
