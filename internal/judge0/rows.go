package judge0

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Every statement of the slice.
const (
	submissionColumns = `execution_id, project_id, language_id, asked, expected_output`
	callbackColumns   = `execution_id, version, organization_id, project_id, owner_id, url, status, attempts, restarted_at, reason, status_code, tried_at, next_at, lease_until, ended_at`

	insertSubmission  = `INSERT INTO judge0_submission (` + submissionColumns + `) VALUES ($1, $2, $3, $4, $5)`
	selectSubmission  = `SELECT ` + submissionColumns + ` FROM judge0_submission WHERE execution_id = $1`
	selectSubmissions = `SELECT ` + submissionColumns + ` FROM judge0_submission WHERE execution_id = ANY($1)`
	selectTokens      = `SELECT execution_id FROM judge0_submission WHERE project_id = $1 ORDER BY execution_id DESC LIMIT $2 OFFSET $3`
	countTokens       = `SELECT count(*) FROM judge0_submission WHERE project_id = $1`

	insertCallback = `
INSERT INTO judge0_callback (execution_id, version, organization_id, project_id, owner_id, url, status, attempts, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '')`
	selectCallback = `SELECT ` + callbackColumns + ` FROM judge0_callback WHERE execution_id = $1`
	lockCallback   = `SELECT ` + callbackColumns + ` FROM judge0_callback WHERE execution_id = $1 FOR UPDATE`
	saveCallback   = `
UPDATE judge0_callback SET version = $2, status = $3, restarted_at = $4, reason = $5, status_code = $6, tried_at = $7, next_at = $8, lease_until = $9, ended_at = $10
WHERE execution_id = $1`
	beginCallback = `
UPDATE judge0_callback SET version = version + 1, status = 'queued', next_at = $2 WHERE execution_id = $1 AND status = 'waiting'`

	// Of each owner as many as there is room for beside those under way, the longest due
	// first. What two processes choose at once only one of them gets.
	claim = `
WITH due AS (
	SELECT execution_id, coalesce(next_at, lease_until) AS at, row_number() OVER (PARTITION BY owner_id ORDER BY coalesce(next_at, lease_until)) AS turn, (
		SELECT count(*) FROM judge0_callback b WHERE b.owner_id = c.owner_id AND b.status = 'sending' AND b.lease_until > $1) AS busy
	FROM judge0_callback c
	WHERE status = 'queued' AND next_at <= $1 OR status = 'sending' AND lease_until <= $1),
chosen AS (
	SELECT execution_id FROM judge0_callback
	WHERE execution_id IN (SELECT execution_id FROM due WHERE turn + busy <= $4 ORDER BY at LIMIT $3)
	  AND (status = 'queued' AND next_at <= $1 OR status = 'sending' AND lease_until <= $1)
	FOR UPDATE SKIP LOCKED)
UPDATE judge0_callback c SET version = version + 1, status = 'sending', attempts = attempts + 1, next_at = NULL, lease_until = $2
FROM chosen WHERE c.execution_id = chosen.execution_id
RETURNING c.execution_id, c.version, c.organization_id, c.project_id, c.owner_id, c.url, c.status, c.attempts, c.restarted_at, c.reason, c.status_code,
	c.tried_at, c.next_at, c.lease_until, c.ended_at`
	nextDue = `SELECT min(coalesce(next_at, lease_until)) FROM judge0_callback WHERE status IN ('queued', 'sending')`
)

// Submission reads what was asked for beside an execution. It asks for nobody's
// permission: whoever may see the execution may see it.
func (s *Slice) Submission(ctx context.Context, id ident.ID) (Submission, error) {
	return pg.One[Submission](ctx, s.runner.DB, selectSubmission, id)
}

// Submissions reads several at once; those that are not there are left out.
func (s *Slice) Submissions(ctx context.Context, ids []ident.ID) ([]Submission, error) {
	return pg.All[Submission](ctx, s.runner.DB, selectSubmissions, ids)
}

// Tokens reads one page of a project's submissions, newest first, and how many there are. It
// asks for nobody's permission: whoever may list the project's executions may list them.
func (s *Slice) Tokens(ctx context.Context, project ident.ID, size, page int) ([]ident.ID, int, error) {
	count, err := pg.One[int](ctx, s.runner.DB, countTokens, project)
	if err != nil || page > count/size+1 {
		return nil, count, err
	}
	ids, err := pg.All[ident.ID](ctx, s.runner.DB, selectTokens, project, size, (page-1)*size)
	return ids, count, err
}

// Callback reads how far the callback of an execution is.
func (s *Slice) Callback(ctx context.Context, id ident.ID) (Callback, error) {
	return pg.One[Callback](ctx, s.runner.DB, selectCallback, id)
}

func save(tx *pg.Tx, c Callback) {
	tx.Defer(saveCallback, c.ExecutionID, c.Version, string(c.Status), c.RestartedAt, c.Reason, c.StatusCode, c.TriedAt, c.NextAt, c.LeaseUntil, c.EndedAt)
}
