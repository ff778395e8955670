package preference

// Every statement of the slice.
const (
	selectState = `SELECT version, updated_at, state FROM preference WHERE user_id = $1`
	makeState   = `INSERT INTO preference (user_id, version, updated_at, state) VALUES ($1, 0, $2, '{}') ON CONFLICT DO NOTHING`
	lockState   = `SELECT version, updated_at, state FROM preference WHERE user_id = $1 FOR UPDATE`
	updateState = `UPDATE preference SET version = $2, updated_at = $3, state = $4 WHERE user_id = $1`

	insertChange = `INSERT INTO preference_change (user_id, version, changed_at, patch, restored) VALUES ($1, $2, $3, $4, $5)`
	selectPage   = `
SELECT version, changed_at, patch, restored FROM preference_change
WHERE user_id = $1 AND ($2::bigint = 0 OR version < $2) ORDER BY version DESC LIMIT $3`
	selectUpTo = `
SELECT version, changed_at, patch, restored FROM preference_change
WHERE user_id = $1 AND version > $2 AND version <= $3 ORDER BY version`
	versionAt = `SELECT coalesce(max(version), 0) FROM preference_change WHERE user_id = $1 AND changed_at <= $2`

	insertSnapshot = `INSERT INTO preference_snapshot (user_id, version, state) VALUES ($1, $2, $3)`
	nearest        = `
SELECT version, state FROM preference_snapshot WHERE user_id = $1 AND version <= $2 ORDER BY version DESC LIMIT 1`
)
