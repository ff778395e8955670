package execution

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// KindRuntime is the aggregate kind of runtimes that people made.
const KindRuntime = "runtime"

// ImageRuntime is a runtime that is a container image: what its reference meant when it
// was made. It never changes; it can only be retired.
type ImageRuntime struct {
	ID        ident.ID          `db:"id"`
	RuntimeID string            `db:"runtime_id"` // "python@3.12.8"
	FileName  string            `db:"file_name"`
	Reference string            `db:"reference"` // "index.docker.io/library/python:3.12-slim"
	Digest    string            `db:"digest"`
	Insecure  bool              `db:"insecure"`
	Username  string            `db:"username"` // of the registry; empty: anonymous
	Password  []byte            `db:"password"` // sealed
	Bytes     int64             `db:"bytes"`    // of its layers as they are sent
	Command   []string          `db:"command"`
	Compile   []string          `db:"compile"`
	Env       map[string]string `db:"env"`
	CreatedBy ident.ID          `db:"created_by"`
	CreatedAt time.Time         `db:"created_at"`
	RetiredAt *time.Time        `db:"retired_at"`
}

// program is what a node needs to know to run a source in it.
func (r ImageRuntime) program() *node.ImageProgram {
	return &node.ImageProgram{Digest: r.Digest, FileName: r.FileName, Command: r.Command, Compile: r.Compile, Env: r.Env}
}

// image is what a node needs to know to have it ready.
func (r ImageRuntime) image(keys Sealer) (node.Image, error) {
	reference, err := oci.Parse(r.Reference)
	if err != nil {
		return node.Image{}, err
	}
	if reference, err = reference.At(r.Digest); err != nil {
		return node.Image{}, err
	}
	image := node.Image{Reference: reference.String(), Username: r.Username, Insecure: r.Insecure}
	if r.Username != "" {
		if image.Password, err = keys.Open(r.Password, r.sealedFor()); err != nil {
			return node.Image{}, fmt.Errorf("open the registry's password: %w", err)
		}
	}
	return image, nil
}

// sealedFor keeps a sealed password from being used with another runtime's registry.
func (r ImageRuntime) sealedFor() string { return "runtime/" + r.ID.String() + "/" + r.Reference }

// Sealer keeps the passwords of registries; *secret.Keys is one.
type Sealer interface {
	Seal(plain secret.String, purpose string) []byte
	Open(sealed []byte, purpose string) (secret.String, error)
}

// NodeImage is how far a node is with an image.
type NodeImage struct {
	NodeID     ident.ID  `db:"node_id"`
	Node       string    `db:"node"`
	RuntimeID  string    `db:"runtime_id"`
	Digest     string    `db:"digest"`
	State      string    `db:"state"`
	Done       int64     `db:"done_bytes"`
	Total      int64     `db:"total_bytes"`
	Reason     string    `db:"reason"`
	ReportedAt time.Time `db:"reported_at"`

	Classes     []Class `db:"classes"`      // in which it runs there; empty before it is ready
	ClassReason string  `db:"class_reason"` // why process is not among them
}

// ImageOffer is a runtime that is an image on a node that can run it.
type ImageOffer struct {
	RuntimeID string  `json:"runtime_id"`
	Classes   []Class `json:"classes"`
	Reason    string  `json:"reason"` // why process is not among them
}

// Images keeps the runtimes that are images.
type Images interface {
	// InsertImage queues a new runtime for the commit.
	InsertImage(tx *pg.Tx, r Runtime, i ImageRuntime)
	// LockImage returns a runtime that is an image, locked.
	LockImage(ctx context.Context, tx *pg.Tx, runtime string) (ImageRuntime, error)
	// LockTerms returns what operators say of a runtime, locked.
	LockTerms(ctx context.Context, tx *pg.Tx, runtime string) (RuntimeTerms, error)
	// SaveTerms queues what they say from now on for the commit.
	SaveTerms(tx *pg.Tx, runtime string, t RuntimeTerms)
	// RetireImage queues the end of a runtime for the commit.
	RetireImage(tx *pg.Tx, runtime string, at time.Time)
	// HasRuntime tells whether the name is taken, also by a runtime that is gone.
	HasRuntime(ctx context.Context, q pg.Querier, runtime string) (bool, error)
	// WantedImages returns what nodes are to have ready: what is offered, and what is
	// retired while somebody still waits for it.
	WantedImages(ctx context.Context, q pg.Querier) ([]ImageRuntime, error)
	// NodeImages returns how far every living node is with every offered image.
	NodeImages(ctx context.Context, q pg.Querier) ([]NodeImage, error)
	// ReportImages replaces what is known about a node's images, and what it offers of them.
	ReportImages(tx *pg.Tx, node ident.ID, all []node.ImageStatus, offers []ImageOffer, now time.Time)
	// NotProcess returns why nodes that have a runtime do not fork it ahead: "node-1: its programs are compiled", ….
	NotProcess(ctx context.Context, q pg.Querier, runtime string, limit int) ([]string, error)
}

// Registry says what an image reference means now; oci.Registry is one.
type Registry interface {
	Resolve(ctx context.Context, ref oci.Reference, access oci.Access) (oci.Image, error)
}

// RuntimeCreated: an image became a runtime.
type RuntimeCreated struct {
	Runtime string `json:"runtime"`
	Digest  string `json:"digest"`
	Class   Class  `json:"class,omitempty"` // the weakest that its runs are given; empty: the settings decide
}

// EventType names the fact.
func (RuntimeCreated) EventType() string { return "runtime.created.v1" }

// RuntimeRetired: it can no longer be asked for. What ran in it keeps its record.
type RuntimeRetired struct {
	Runtime string `json:"runtime"`
}

// EventType names the fact.
func (RuntimeRetired) EventType() string { return "runtime.retired.v1" }

func (r ImageRuntime) aggregate(version int64) eventlog.Aggregate {
	return eventlog.Aggregate{Kind: KindRuntime, ID: r.ID, Version: version}
}
