package pg

// MigrateTo stops at a version, as an older program would.
var MigrateTo = migrateTo
