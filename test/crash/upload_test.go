package crash

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// uploading are the labels within an upload. They are no rounds of TestKills, because they need one.
var uploading = []string{"file.part_stored", "file.upload.before_commit"}

// fileChecks are the promises about files, as queries that count what breaks them.
var fileChecks = map[string]string{
	"files that have other pieces than their size": `
SELECT count(*) FROM file f WHERE cardinality($1::uuid[]) = 0 AND uploading_at IS NULL
AND size <> (SELECT coalesce(sum(length(content)), 0) FROM file_piece p WHERE p.file_id = f.id)`,
	"files that were not uploaded exactly once": `
SELECT count(*) FROM file f WHERE cardinality($1::uuid[]) = 0 AND uploading_at IS NULL
AND (SELECT count(*) FROM event e WHERE e.aggregate_id = f.id AND e.type = 'file.uploaded.v1') <> 1`,
	"events of files that are not there": `
SELECT count(*) FROM event e WHERE cardinality($1::uuid[]) = 0 AND e.type = 'file.uploaded.v1'
AND NOT EXISTS (SELECT FROM file f WHERE f.id = e.aggregate_id AND f.uploading_at IS NULL)`,
}

const halves = `SELECT count(*) FROM file WHERE uploading_at IS NOT NULL AND cardinality($1::uuid[]) = 0`

const partless = `SELECT count(*) FROM file WHERE uploading_at IS NOT NULL AND received = 0 AND cardinality($1::uuid[]) = 0`

// goneOn counts those that took another connection; Stoa may reach its database again while the first one still sends.
const goneOn = `SELECT count(*) FROM file WHERE turn > 0 AND uploading_at IS NULL AND name <> 'database' AND cardinality($1::uuid[]) = 0`

// large is a content of many batches that no other is like.
func large(seed uint64) []byte {
	b := make([]byte, 12<<20)
	_, _ = rand.NewChaCha8([32]byte{byte(seed)}).Read(b) // never fails
	return b
}

// An upload goes on where it was when Stoa or its database is killed in the middle of it. What cannot go on is no
// file, goes by itself, and is in nobody's way.
func TestAnUploadGoesOnAfterAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills whole programs")
	}
	in := install(t)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	nothing := func(int64, int64) {}

	in.start(t, map[string]string{"stoad": uploading[0] + ":2"})
	in.upload(ctx, t, "control-plane", large(1), nothing)
	in.awaitDied(ctx, t)
	var once sync.Once
	in.upload(ctx, t, "database", large(2), func(sent, _ int64) {
		if sent < 4<<20 { // so that there are parts
			return
		}
		once.Do(func() {
			in.awaitZero(ctx, t, partless) // what was sent may still be on its way
			in.kill(t, "postgres", 0)
		})
	})
	in.stop(t)
	in.start(t, map[string]string{"stoad": uploading[1] + ":0"})
	in.upload(ctx, t, "at-its-end", large(3), nothing)
	in.awaitDied(ctx, t)
	in.stop(t)

	// Nobody can go on with what says no hash.
	in.start(t, map[string]string{"stoad": uploading[0] + ":1"})
	if wentOn := in.learn(ctx, t, map[string]string{"n": goneOn}, nil); wentOn["n"] != 2 {
		t.Errorf("%d of 2 uploads went on", wentOn["n"])
	}
	half := large(4)
	if f, err := in.client().Files.Upload(ctx, "", "half", io.MultiReader(bytes.NewReader(half))); err == nil {
		t.Errorf("half of an upload is %+v", f)
	}
	in.awaitDied(ctx, t)
	all, err := stoa.Collect(in.client().Files.List(ctx, ""), 0)
	if err != nil || len(all) != 3 {
		t.Errorf("%d files are listed, want 3: %v", len(all), err)
	}
	in.upload(ctx, t, "whole", half, nothing)
	const grow = `
WITH older AS (UPDATE file SET uploading_at = uploading_at - interval '1 day' WHERE uploading_at IS NOT NULL AND cardinality($1::uuid[]) = 0 RETURNING 1)
SELECT count(*) FROM older`
	if aged := in.learn(ctx, t, map[string]string{"n": grow}, nil); aged["n"] != 1 {
		t.Errorf("%d halves are left, want 1", aged["n"])
	}
	in.stop(t)
	in.start(t, nil) // housekeeping begins with it
	in.awaitZero(ctx, t, halves)
	for what, n := range in.learn(ctx, t, fileChecks, nil) {
		if n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	in.awaitConsumer(ctx, t)
	in.checkEvents(t, nil)
	in.stop(t)
	in.checkNothingLeft(t)
}

// client tries for as long as a killed program takes to come back.
func (in *installation) client() *stoa.Client {
	return stoa.New("http://"+in.listen, stoa.Token(in.token()), stoa.Retries(20))
}

// upload uploads a content, whatever is killed meanwhile, and reads it back.
func (in *installation) upload(ctx context.Context, t *testing.T, name string, content []byte, progress func(sent, total int64)) {
	t.Helper()
	client := in.client()
	f, err := client.Files.Upload(ctx, "", name, bytes.NewReader(content), stoa.Progress(progress))
	if err != nil {
		t.Fatalf("upload %s: %v", name, err)
	}
	got, err := client.Files.Content(ctx, f.ID)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	defer func() { _ = got.Close() }()
	if all, err := io.ReadAll(got); err != nil || !bytes.Equal(all, content) || f.Name != name {
		t.Errorf("%s became %d bytes of %d: %v", name, len(all), len(content), err)
	}
}
