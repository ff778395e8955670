// Package ident makes and carries the ids of every stored thing: UUIDv7, so
// that they sort by time of birth and index tightly. Ids are made here and not
// in SQL because PostgreSQL learnt uuidv7() only in version 18, and because an
// id that is known before the write can be logged, hinted and retried.
package ident

import (
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// ID is a UUIDv7. The zero ID means "none".
type ID [16]byte

// Source makes ids. It is injected so that tests can fix them.
type Source func() ID

// New makes an id from the system's clock and randomness.
func New() ID { return ID(uuid.Must(uuid.NewV7())) }

// Parse reads the canonical text form only: one id has one spelling in URLs, logs and keys.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return ID{}, fmt.Errorf("parse id: %d characters, want 36", len(s))
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return ID{}, fmt.Errorf("parse id: %w", err)
	}
	return ID(u), nil
}

// Must is Parse for constants; it panics on bad text.
func Must(s string) ID {
	id, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return id
}

// FloorAt is the smallest UUIDv7 of t's millisecond: the boundary of time partitions.
func FloorAt(t time.Time) ID {
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(t.UnixMilli()))
	var id ID
	copy(id[:6], ms[2:])
	return id
}

// Time is when the id was made, to the millisecond.
func (id ID) Time() time.Time {
	ms := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5])
	return time.UnixMilli(ms).UTC()
}

func (id ID) String() string { return uuid.UUID(id).String() }

// IsZero tells whether there is no id.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText writes the canonical form, and the zero id as nothing.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return uuid.UUID(id).MarshalText()
}

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := Parse(string(b))
	*id = parsed
	return err
}

// UUIDValue lets pgx encode an id in binary; the zero id is NULL.
func (id ID) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: id, Valid: !id.IsZero()}, nil
}

// ScanUUID lets pgx decode an id from binary; NULL is the zero id.
func (id *ID) ScanUUID(v pgtype.UUID) error {
	*id = ID{}
	if v.Valid {
		*id = v.Bytes
	}
	return nil
}

// Value serves database/sql users (migrations, tests); pgx prefers UUIDValue.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}
