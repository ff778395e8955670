package execution

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// CreateRuntime makes a container image a runtime. In Command and Compile, {file} is the source's name.
type CreateRuntime struct {
	Name      string            `json:"name"`    // "python"
	Version   string            `json:"version"` // "3.12.8"
	Reference string            `json:"reference"`
	Digest    string            `json:"digest"` // what the reference must mean; empty: whatever it means now
	Insecure  bool              `json:"insecure"`
	Username  string            `json:"username"` // of the registry; empty: anonymous
	Password  secret.String     `json:"password"`
	FileName  string            `json:"file_name"`
	Command   []string          `json:"command"` // empty: the image's own, and the source
	Compile   []string          `json:"compile"`
	Env       map[string]string `json:"env"` // over the image's own
	Example   string            `json:"example"`
	Egress    []string          `json:"egress,omitempty"` // what runs may connect to that name no list; empty: nothing
	Class     Class             `json:"class,omitempty"`  // the weakest that its runs are given; empty or ClassAuto: the settings decide

	image Inspected // filled before the transaction
}

var (
	runtimeName    = regexp.MustCompile(`^[a-z][a-z0-9+-]{0,30}$`)
	runtimeVersion = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._+-]{0,30}$`)
	runtimeFile    = regexp.MustCompile(`^[0-9A-Za-z_][0-9A-Za-z._-]{0,63}$`)
)

const (
	maxRuntimeArgs  = 32
	maxRuntimeText  = 4096 // characters of one argument or variable
	maxExampleBytes = 10_000
)

// Validate checks the shape.
func (c CreateRuntime) Validate() error {
	bad := fault.New(fault.Invalid, "runtime.invalid", "The runtime cannot be made as it is.")
	if !runtimeName.MatchString(c.Name) {
		bad.At("body.name", "is not 1 to 31 lower-case letters, digits, + and -, a letter first")
	}
	if !runtimeVersion.MatchString(c.Version) {
		bad.At("body.version", "is not 1 to 31 letters, digits and . _ + -")
	}
	if !runtimeFile.MatchString(c.FileName) {
		bad.At("body.file_name", "is not a plain file name of at most 64 letters, digits and . _ -")
	}
	if err := (InspectImage{Reference: c.Reference}).Validate(); err != nil {
		bad.At("body.image", "is no image reference")
	}
	for field, words := range map[string][]string{"body.command": c.Command, "body.compile": c.Compile} {
		if len(words) > maxRuntimeArgs || slices.ContainsFunc(words, tooLongOrNUL) || len(words) > 0 && words[0] == "" {
			bad.At(field, "is not at most 32 words of at most 4096 characters")
		}
	}
	for name, text := range c.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || tooLongOrNUL(text) || len(c.Env) > maxEnv {
			bad.At("body.env", "has a name or value that no environment can hold, or more than 128")
		}
	}
	if tooLongOrNUL(c.Username) || tooLongOrNUL(c.Password.Reveal()) || c.Username == "" && !c.Password.IsEmpty() {
		bad.At("body.password", "needs a user name, and neither may be longer than 4096 characters")
	}
	if len(c.Example) > maxExampleBytes || strings.ContainsRune(c.Example, 0) {
		bad.At("body.example", "is longer than 10,000 bytes")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	if c.Class != "" {
		if err := c.Class.validTerm(); err != nil {
			return err
		}
	}
	_, err := checkRules(c.Egress)
	return err
}

func tooLongOrNUL(text string) bool {
	return len(text) > maxRuntimeText || strings.ContainsRune(text, 0)
}

// CreateRuntime asks the registry what the reference means, and keeps the answer. The
// caller's permission is checked before the registry is spoken to, and again with the commit.
func (s *Slice) CreateRuntime(ctx context.Context, in CreateRuntime) (Runtime, error) {
	if err := in.Validate(); err != nil {
		return Runtime{}, err
	}
	var err error
	if in.image, err = s.InspectImage(ctx, InspectImage{
		Reference: in.Reference, Insecure: in.Insecure, Username: in.Username, Password: in.Password,
	}); err != nil {
		return Runtime{}, err
	}
	made, err := s.createRuntime(ctx, in)
	if err == nil {
		s.catalogue.forget()
		s.imagesWanted.Ring()
	}
	return made, err
}

func (s *Slice) makeRuntime(ctx context.Context, tx *command.Tx, in CreateRuntime) (Runtime, error) {
	id := in.Name + "@" + in.Version
	if in.Digest != "" && in.Digest != in.image.Digest {
		return Runtime{}, fault.New(fault.Conflict, "runtime.digest_mismatch", "%s is %s now, not %s. Nothing was made.", in.Reference, in.image.Digest, in.Digest)
	}
	taken, err := s.store.HasRuntime(ctx, tx, id)
	if err != nil {
		return Runtime{}, err
	}
	if taken {
		return Runtime{}, errRuntimeExists(id)
	}
	fill := func(words []string) []string {
		filled := make([]string, len(words))
		for i, w := range words {
			filled[i] = strings.ReplaceAll(w, "{file}", in.FileName)
		}
		return filled
	}
	made := ImageRuntime{
		ID: tx.NewID(), RuntimeID: id, FileName: in.FileName, Reference: in.image.Reference, Digest: in.image.Digest, Insecure: in.Insecure,
		Bytes: in.image.Bytes, Command: fill(in.Command), Compile: fill(in.Compile), Env: map[string]string{}, CreatedBy: tx.Actor.ID, CreatedAt: tx.Now,
	}
	if len(made.Command) == 0 {
		if len(in.image.Command) == 0 {
			return Runtime{}, fault.New(fault.Invalid, "runtime.no_command", "The image names no program to start; say which one runs the source.").
				At("body.command", "is required for this image")
		}
		made.Command = append(slices.Clone(in.image.Command), in.FileName)
	}
	if in.Username != "" {
		made.Username, made.Password = in.Username, s.keys.Seal(in.Password, made.sealedFor())
	}
	for _, variable := range in.image.Env {
		name, text, _ := strings.Cut(variable, "=")
		made.Env[name] = text
	}
	maps.Copy(made.Env, in.Env)
	if noEgress(in.Egress) {
		in.Egress = nil
	}
	rules, err := checkRules(in.Egress)
	if err != nil {
		return Runtime{}, err
	}
	r := Runtime{
		ID: id, Name: in.Name, Version: in.Version, FileName: in.FileName, Example: in.Example, Compiled: len(in.Compile) > 0,
		Classes: []Class{ClassFresh}, Image: made.Reference, Digest: made.Digest,
		Egress: rules.Strings(), Class: in.Class.term(),
	}
	s.store.InsertImage(tx.Tx, r, made)
	tx.Emit(made.aggregate(1), RuntimeCreated{Runtime: id, Digest: made.Digest, Class: r.Class})
	return r, nil
}

func errRuntimeExists(id string) error {
	return fault.New(fault.Conflict, "runtime.exists", "There is or was a runtime %s already, and a version never changes. Choose another version.", id).
		At("body.version", "is taken")
}

// RemoveRuntime retires a runtime: nobody can ask for it any more. What waits for it
// still runs, and what ran keeps its record.
type RemoveRuntime struct {
	Runtime string `json:"runtime"` // "python@3.12.8"
}

func (s *Slice) retireRuntime(ctx context.Context, tx *command.Tx, in RemoveRuntime) (ident.ID, error) {
	r, err := s.store.LockImage(ctx, tx.Tx, in.Runtime)
	if err != nil {
		builtIn, asked := s.store.HasRuntime(ctx, tx, in.Runtime)
		if asked == nil && builtIn {
			return ident.ID{}, fault.New(fault.Conflict, "runtime.built_in", "%s comes from the programs that nodes have installed; it goes when they go.", in.Runtime)
		}
		return ident.ID{}, command.NotFoundIfNoRows(err)
	}
	if r.RetiredAt != nil {
		return r.ID, nil
	}
	s.store.RetireImage(tx.Tx, in.Runtime, tx.Now)
	tx.Emit(r.aggregate(2), RuntimeRetired(in))
	return r.ID, nil
}

// RemoveRuntime retires a runtime that is an image.
func (s *Slice) RemoveRuntime(ctx context.Context, in RemoveRuntime) error {
	if _, err := s.removeRuntime(ctx, in); err != nil {
		return err
	}
	s.catalogue.forget()
	s.imagesWanted.Ring()
	return nil
}
