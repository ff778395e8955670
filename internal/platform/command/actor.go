package command

import (
	"context"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// ActorKind says what sort of caller an actor is.
type ActorKind string

// The kinds of caller.
const (
	Anonymous      ActorKind = "anonymous"
	User           ActorKind = "user"
	ServiceAccount ActorKind = "service_account"
	Agent          ActorKind = "agent"  // a node, by its certificate
	System         ActorKind = "system" // Stoa itself
)

// Membership is a role in a project, and the organization that owns it.
type Membership struct {
	Organization ident.ID
	Role         permission.Role
}

// Actor is who asks, with everything that authorisation needs, loaded once per request.
type Actor struct {
	Kind           ActorKind
	ID             ident.ID
	Credential     ident.ID // the session or token that proved it
	Platform       []permission.Role
	Organizations  map[ident.ID]permission.Role
	Projects       map[ident.ID]Membership
	DefaultProject ident.ID

	// Narrowing by the credential: a token may be bound to one project and to some
	// commands. Empty means everything that the person may do.
	OnlyProject ident.ID
	OnlyActions []string
}

// SystemActor is Stoa itself: consumers, reconcilers, flows.
var SystemActor = Actor{Kind: System}

// Scope is where a command acts, resolved from the resource it addresses or from
// the project it names. The zero Scope is the platform itself.
type Scope struct {
	Organization ident.ID `json:"organization_id,omitzero"`
	Project      ident.ID `json:"project_id,omitzero"`
	Owner        ident.ID `json:"owner_id,omitzero"` // the user the very thing belongs to, if any
}

// RolesIn lists the roles that the actor holds in scope. Organization roles reach
// into the organization's projects: the table says what they may do there.
func (a Actor) RolesIn(s Scope) []permission.Role {
	roles := []permission.Role{permission.Anyone}
	switch a.Kind {
	case Anonymous:
		return roles
	case Agent:
		return append(roles, permission.Agent)
	case System:
		return append(roles, permission.System)
	}
	roles = append(roles, permission.Authenticated)
	if !a.OnlyProject.IsZero() && s.Project != a.OnlyProject {
		return roles
	}
	roles = append(roles, a.Platform...)
	if role, ok := a.Organizations[s.Organization]; ok && !s.Organization.IsZero() {
		roles = append(roles, role)
	}
	if m, ok := a.Projects[s.Project]; ok && !s.Project.IsZero() {
		roles = append(roles, m.Role)
	}
	// What belongs to somebody inside an organization is theirs while they hold a role there.
	inside := !s.Organization.IsZero() || !s.Project.IsZero()
	if !s.Owner.IsZero() && s.Owner == a.ID && (!inside || len(roles) > 2) {
		roles = append(roles, permission.Self)
	}
	return roles
}

// mayUse tells whether the credential is wide enough for the command.
func (a Actor) mayUse(name string) bool {
	return len(a.OnlyActions) == 0 || slices.Contains(a.OnlyActions, name)
}

// Request is what the edge knows about one call.
type Request struct {
	Actor          Actor
	Presumed       Presumption // nil: the actor is certain
	CorrelationID  string
	IdempotencyKey string
	RemoteAddress  string
	Causation      ident.ID // the event being handled, for consumers
	Replayed       bool     // set when a stored answer was given instead of acting again
}

type requestKey struct{}

// WithRequest attaches the request. Only edges (HTTP, agent protocol, consumers) call it.
func WithRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestFrom returns the request; without one the caller is anonymous, which can do next to nothing.
func RequestFrom(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{Actor: Actor{Kind: Anonymous}}
}

// AsSystem marks work that Stoa does on its own.
func AsSystem(ctx context.Context, correlation string) context.Context {
	return WithRequest(ctx, &Request{Actor: SystemActor, CorrelationID: correlation})
}
