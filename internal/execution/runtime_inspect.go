package execution

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// InspectImage asks what a reference means now.
type InspectImage struct {
	Reference string `json:"reference"`
	Insecure  bool   `json:"insecure"` // plain HTTP is allowed

	Username string        `json:"username"` // empty: anonymous
	Password secret.String `json:"password"`
}

// Inspected is an image as its registry has it.
type Inspected struct {
	Reference string // with everything that was left out
	oci.Image
}

// Validate checks the reference.
func (q InspectImage) Validate() error {
	if _, err := oci.Parse(q.Reference); err != nil {
		return fault.New(fault.Invalid, "runtime.invalid", "The image cannot be read: %v.", err).At("body.image", "is no image reference")
	}
	return nil
}

// inspectImage talks to the registry. It is a query, so no transaction waits for it.
func (s *Slice) inspectImage(ctx context.Context, _ command.Query, in InspectImage) (Inspected, error) {
	ref, err := oci.Parse(in.Reference)
	if err != nil {
		return Inspected{}, err
	}
	image, err := s.registry.Resolve(ctx, ref, oci.Access{Username: in.Username, Password: in.Password, Insecure: in.Insecure})
	if err != nil {
		return Inspected{}, fault.New(fault.Invalid, "runtime.image_unreadable", "The image cannot be read: %v.", err).
			At("body.image", "cannot be read from its registry")
	}
	return Inspected{Reference: ref.String(), Image: image}, nil
}
