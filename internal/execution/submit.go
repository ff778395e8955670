package execution

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Submit asks for a run.
type Submit struct {
	ProjectID ident.ID `json:"project_id"` // zero: the caller's default
	Runtime   string   `json:"runtime"`    // "python", "python@3.11"
	Input     Input    `json:"input"`
	Limits    Limits   `json:"limits"`
	Priority  Priority `json:"priority"`
	// PriorityUnasked: nobody asked for Priority; where it is more than is allowed, the most that is will do.
	PriorityUnasked bool `json:"-"`

	Network   bool     `json:"network"`             // with no Egress: everything that the limit allows
	Egress    []string `json:"egress,omitempty"`    // what it may connect to; [NoEgress]: nothing, whatever its runtime's list says
	Class     Class    `json:"class,omitempty"`     // of isolation; empty: as the scope's settings say
	Artefacts []string `json:"artefacts,omitempty"` // patterns of files to keep, as package glob reads them

	Script Script `json:"script,omitzero"` // that the source was read from

	// Companion is what another slice keeps beside the execution; nil: nothing.
	Companion Companion `json:"companion,omitempty"`

	Interactive bool      `json:"interactive,omitempty"` // it gets input while it runs
	Terminal    *Terminal `json:"terminal,omitempty"`    // its standard streams are one; says interactive too
	Record      bool      `json:"record,omitempty"`      // what is said is kept, with its times

	// ID may be chosen by a caller in this process that wants to wait for it.
	ID ident.ID `json:"-"`

	hold    *hold
	watch   func() // called when it is committed, before any node has it
	retryOf ident.ID
}

// Script names the version of a saved script that an execution is a copy of.
type Script struct {
	ID      ident.ID `json:"id"`
	Version int      `json:"version"`
	Name    string   `json:"name"`
}

// Companion is stored in the transaction that stores the execution, so that there is
// never one without the other. It is part of the input: a repeated idempotency key
// with another companion is another request.
type Companion interface {
	Accompany(tx *command.Tx, e Execution)
}

// The shape of inputs that no setting can widen.
const (
	maxArgs     = 256
	maxArgBytes = 64 << 10
	maxEnv      = 128
	maxFiles    = 100
	maxBytes    = 8 << 20 // stdin and files together, of what a request carries and what is copied
)

// Validate checks the shape.
func (c Submit) Validate() error {
	bad := invalid()
	if c.Runtime == "" {
		bad.At("body.runtime", "is required, such as “python” or “python@3.11”")
	}
	if c.Input.Source == "" {
		bad.At("body.source", "is empty")
	}
	if !utf8.ValidString(c.Input.Source) || strings.ContainsRune(c.Input.Source, 0) {
		bad.At("body.source", "is not text: it must be UTF-8 without NUL")
	}
	if len(c.Input.Args) > maxArgs {
		bad.At("body.args", "has more than 256 arguments")
	}
	size := 0
	for _, a := range c.Input.Args {
		size += len(a)
		if strings.ContainsRune(a, 0) {
			bad.At("body.args", "has an argument with a NUL")
		}
	}
	if size > maxArgBytes {
		bad.At("body.args", "are longer than 64 KiB together")
	}
	if len(c.Input.Env) > maxEnv {
		bad.At("body.env", "has more than 128 variables")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Input.Env)) {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(c.Input.Env[name], 0) {
			bad.At("body.env", "has a name or value that no environment can hold")
		}
	}
	c.Input.checkFiles(bad)
	checkPatterns(c.Artefacts, bad)
	if _, known := priorityNames[c.Priority]; !known {
		bad.At("body.priority", "is not one of critical, high, normal, low, background")
	}
	if !noEgress(c.Egress) {
		if _, err := checkRules(c.Egress); err != nil {
			return err
		}
	}
	if c.Class != "" && c.Class.rank() < 0 {
		bad.At("body.class", "is not one of process, fresh, gvisor")
	}
	c.checkInteractive(bad)
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func (in Input) checkFiles(bad *fault.Error) {
	size := len(in.Stdin)
	if len(in.Files) > maxFiles {
		bad.At("body.files", "has more than 100 files")
	}
	for _, f := range in.Files {
		size += len(f.Content)
		if !f.FileID.IsZero() && len(f.Content) > 0 {
			bad.At("body.files", "has a file with both a content and a file_id")
		}
		if !SafePath(f.Path) {
			bad.At("body.files", "has a path that is not a plain relative one: "+strings.ToValidUTF8(f.Path, "?"))
		}
	}
	if size > maxBytes {
		bad.At("body.files", tooLarge)
	}
}

const tooLarge = "are larger than 8 MiB together with stdin; upload them, and name them by file_id"

func invalid() *fault.Error {
	return fault.New(fault.Invalid, "execution.invalid", "The execution cannot be accepted as it is.")
}

// SafePath accepts plain relative paths: no “..”, no absolute ones, nothing hidden in
// separators. The sandbox checks again, from inside.
func SafePath(path string) bool {
	if path == "" || len(path) > 255 || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\x00\\") || !utf8.ValidString(path) {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// Submit accepts an execution, and gives it to a node at once when one is free and
// nobody waits before it.
func (s *Slice) Submit(ctx context.Context, in Submit) (Execution, error) {
	in.hold = &hold{placer: s.placer, watch: in.watch}
	e, err := s.submit(ctx, in)
	return s.settle(ctx, in.hold, e, err)
}

// settle gives the node what the commit decided, or the slot back.
func (s *Slice) settle(ctx context.Context, h *hold, e Execution, err error) (Execution, error) {
	switch {
	case err != nil || h.id != e.ID || e.Status != Scheduled:
		h.release()
		if err == nil && e.Status == Queued {
			s.live.ask(askClaim, e.ID)
		}
	default:
		if h.watch != nil {
			h.watch()
		}
		s.given.put(e)
		crash.Point("execution.not_assigned")
		s.assign(ctx, h.slot, e, h.input)
		crash.Point("execution.assigned")
	}
	return e, err
}

// assign sends an execution to its node. It may fail: the node's next session, or
// the reconciler, finds what was committed and never arrived.
func (s *Slice) assign(ctx context.Context, slot Slot, e Execution, in Input) {
	if err := s.nodes.Assign(ctx, slot, e, in); err != nil {
		s.log.WarnContext(ctx, "execution not sent to its node", "execution", e.ID, "node", slot.NodeID, "error", err)
	}
}

func (s *Slice) submitScope(ctx context.Context, tx *command.Tx, in Submit) (command.Scope, error) {
	in.hold.load = s.store.AskLoad(tx.Tx, tx.Actor.ID, in.Priority) // one round trip for both
	return s.projects.ForWork(ctx, tx, tx.Actor, in.ProjectID)
}

func (s *Slice) submitExecution(ctx context.Context, tx *command.Tx, in Submit) (Execution, error) {
	runtimes, err := s.catalogue.all(ctx, tx, tx.Now)
	if err != nil {
		return Execution{}, err
	}
	runtime, err := Resolve(runtimes, in.Runtime)
	if err != nil {
		return Execution{}, err
	}
	who := Subject{User: tx.Actor.ID, Project: tx.Scope.Project, Organization: tx.Scope.Organization}
	bounds, err := s.bounds(ctx, tx, who, in)
	if err != nil {
		return Execution{}, err
	}
	if in.Input.Egress, err = s.egressOf(ctx, tx, who, runtime, in); err != nil {
		return Execution{}, err
	}
	in.Network = in.Input.Egress != nil
	if in.Input.Artefacts, err = s.artefacts(ctx, tx, who, in.Artefacts); err != nil {
		return Execution{}, err
	}
	if in.Input.Interactive, err = s.interactive(ctx, tx, who, in); err != nil {
		return Execution{}, err
	}
	asked := in.Priority
	if in.Priority, err = s.priorityOf(ctx, tx, who, in); err != nil {
		return Execution{}, err
	}
	if in.Priority != asked {
		in.hold.load = nil // what waits before it was asked for with the other priority
	}
	class, err := s.class(ctx, tx, who, runtime, in)
	if err != nil {
		return Execution{}, err
	}
	if in.Input, err = s.withFiles(ctx, tx, who, bounds, in.Input); err != nil {
		return Execution{}, err
	}
	e := Execution{
		ID: in.ID, Version: 1, OrganizationID: who.Organization, ProjectID: who.Project, OwnerID: who.User,
		Runtime: runtime.ID, ClassAsked: in.Class, Class: class, Priority: in.Priority, Network: in.Network, Interactive: in.wantsInput(), RetryOf: in.retryOf, CreatedAt: tx.Now,
		WallMS: bounds.WallMS, CPUMS: bounds.CPUMS, MemoryBytes: bounds.MemoryBytes, Processes: int(bounds.Processes),
		OutputBytes: bounds.OutputBytes, DiskBytes: bounds.DiskBytes,
		ScriptID: in.Script.ID, ScriptVersion: in.Script.Version, ScriptName: in.Script.Name,
	}
	if e.ID.IsZero() {
		e.ID = tx.NewID()
	}
	if err := s.admit(ctx, tx, who, &e, in.hold); err != nil {
		return Execution{}, err
	}
	in.hold.input = in.Input
	s.store.Insert(tx.Tx, e, in.Input)
	if in.Companion != nil {
		in.Companion.Accompany(tx, e)
	}
	tx.Emit(e.aggregate(), Submitted{Runtime: e.Runtime, Class: string(e.Class), Priority: int(e.Priority), Status: e.Status, NodeID: e.NodeID, RetryOf: e.RetryOf, ScriptID: e.ScriptID, ScriptVersion: e.ScriptVersion})
	return e, nil
}
