package pg

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// A backup is a tar in zstd: first the manifest, then the rows of each table in
// pieces (since a tar wants sizes ahead), in COPY's binary format, and at the end the
// totals, without which a backup is not whole.
const (
	archiveFormat = 1
	manifestEntry = "manifest.json"
	totalsEntry   = "totals.json"
	tablesFolder  = "tables/"
	pieceSize     = 1 << 20 // bytes
	mostJSON      = 16 << 20
)

// Manifest says what a backup holds.
type Manifest struct {
	Format      int       `json:"format"`
	MadeAt      time.Time `json:"made_at"` // by the database's clock
	Schema      int64     `json:"schema"`  // the newest migration
	Postgres    string    `json:"postgres"`
	ClusterID   string    `json:"cluster_id"`
	Incarnation int64     `json:"incarnation"`
	Tables      []Table   `json:"tables"` // those that others refer to come first
}

// Table is one table of a backup.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Months  []string `json:"months,omitempty"` // that have partitions: 2026_11
}

// Totals proves that a backup is whole.
type Totals struct {
	Tables    map[string]Total `json:"tables"`
	Sequences map[string]int64 `json:"sequences"` // the last number given
}

// Total is one table's.
type Total struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of COPY's bytes
}

// Rows counts all of them.
func (t Totals) Rows() (n int64) {
	for _, table := range t.Tables {
		n += table.Rows
	}
	return n
}

// archiver writes an archive.
type archiver struct {
	packed *zstd.Encoder
	tar    *tar.Writer
	at     time.Time
}

func newArchiver(w io.Writer, at time.Time) (*archiver, error) {
	packed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return &archiver{packed: packed, tar: tar.NewWriter(packed), at: at}, nil
}

func (a *archiver) entry(name string, content []byte) error {
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(content)), ModTime: a.at}); err != nil {
		return err
	}
	_, err := a.tar.Write(content)
	return err
}

func (a *archiver) json(name string, value any) error {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return a.entry(name, content)
}

func (a *archiver) Close() error { return errors.Join(a.tar.Close(), a.packed.Close()) }

// rowWriter cuts one table's rows into pieces.
type rowWriter struct {
	archive *archiver
	table   string
	pieces  int
	buffer  bytes.Buffer
	sum     hash.Hash
}

func (a *archiver) rows(table string) *rowWriter {
	return &rowWriter{archive: a, table: table, sum: sha256.New()}
}

func (w *rowWriter) Write(p []byte) (int, error) {
	w.buffer.Write(p)
	w.sum.Write(p)
	if w.buffer.Len() < pieceSize {
		return len(p), nil
	}
	return len(p), w.flush()
}

func (w *rowWriter) flush() error {
	name := fmt.Sprintf("%s%s/%06d", tablesFolder, w.table, w.pieces)
	w.pieces++
	err := w.archive.entry(name, w.buffer.Bytes())
	w.buffer.Reset()
	return err
}

// dearchiver reads an archive.
type dearchiver struct {
	packed *zstd.Decoder
	tar    *tar.Reader
	header *tar.Header // of the entry that is next, nil at the end
}

func newDearchiver(r io.Reader) (*dearchiver, error) {
	packed, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return nil, err
	}
	d := &dearchiver{packed: packed, tar: tar.NewReader(packed)}
	if err := d.next(); err != nil {
		packed.Close()
		return nil, err
	}
	return d, nil
}

func (d *dearchiver) Close() { d.packed.Close() }

func damaged(err error) error {
	return fault.New(fault.Invalid, "backup.damaged", "This is not a whole backup of Stoa: %v. Nothing was restored.", err)
}

func (d *dearchiver) next() error {
	header, err := d.tar.Next()
	if errors.Is(err, io.EOF) {
		d.header = nil
		return nil
	}
	if err != nil {
		return damaged(err)
	}
	d.header = header
	return nil
}

func (d *dearchiver) json(name string, value any) error {
	if d.header == nil || d.header.Name != name {
		return damaged(fmt.Errorf("%s is missing", name))
	}
	if err := json.NewDecoder(io.LimitReader(d.tar, mostJSON)).Decode(value); err != nil {
		return damaged(fmt.Errorf("%s: %w", name, err))
	}
	return d.next()
}

// rowReader puts one table's pieces together.
type rowReader struct {
	archive *dearchiver
	table   string
	sum     hash.Hash
	err     error // of the archive; COPY reports it without its kind
}

func (d *dearchiver) rows(table string) *rowReader {
	return &rowReader{archive: d, table: table, sum: sha256.New()}
}

func (r *rowReader) Read(p []byte) (int, error) {
	for {
		d := r.archive
		if d.header == nil || !strings.HasPrefix(d.header.Name, tablesFolder+r.table+"/") {
			return 0, io.EOF
		}
		n, err := d.tar.Read(p)
		if n > 0 {
			r.sum.Write(p[:n])
			return n, nil
		}
		if errors.Is(err, io.EOF) {
			err = d.next()
		} else if err != nil {
			err = damaged(err)
		}
		if err != nil {
			r.err = err
			return 0, err
		}
	}
}

func checksum(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }
