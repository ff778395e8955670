package identityhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// ManagedUser is a person's account as operators see it.
type ManagedUser struct {
	ID            ident.ID          `json:"id"`
	Email         string            `json:"email"`
	Name          string            `json:"name"`
	Status        string            `json:"status" enum:"active,invited,locked" doc:"invited: has set no password yet. locked: by an operator."`
	LockedReason  string            `json:"locked_reason,omitempty" doc:"What they are told."`
	LockedAt      *time.Time        `json:"locked_at,omitempty"`
	Note          string            `json:"note,omitempty" doc:"Of operators, for operators."`
	PlatformRoles []permission.Role `json:"platform_roles"`
	CreatedAt     time.Time         `json:"created_at"`
	LastSignInAt  *time.Time        `json:"last_sign_in_at,omitempty"`
	Sessions      int               `json:"sessions" doc:"That hold."`
	Tokens        int               `json:"tokens"`
}

func fromUser(u identity.User) ManagedUser {
	return ManagedUser{
		ID: u.ID, Email: u.Email, Name: u.Name, Status: string(u.Status()), LockedReason: u.LockedReason, LockedAt: u.LockedAt, Note: u.Note,
		PlatformRoles: append([]permission.Role{}, u.PlatformRoles...), CreatedAt: u.CreatedAt, LastSignInAt: u.LastSignInAt,
		Sessions: u.Sessions, Tokens: u.Tokens,
	}
}

// UserOverview is everything that operators see of somebody.
type UserOverview struct {
	User          ManagedUser      `json:"user"`
	Organizations []MyOrganization `json:"organizations"`
	Projects      []MyProject      `json:"projects"`
	Sessions      []Session        `json:"sessions"`
	Tokens        []Token          `json:"tokens"`
	Executions    map[string]int64 `json:"executions" doc:"How many of theirs are kept, by status."`
	CPUMS         int64            `json:"cpu_ms" doc:"CPU time of all of them."`
	WallMS        int64            `json:"wall_ms" doc:"Wall time of all of them."`
	SecondFactor  bool             `json:"second_factor" doc:"Whether they have an authenticator app."`
	Passkeys      int              `json:"passkeys"`
}

// PasswordLink is somebody's account and, this one time, the link with which they set a password.
type PasswordLink struct {
	User      ManagedUser `json:"user"`
	Secret    string      `json:"secret" doc:"What sets the password; shown once."`
	Link      string      `json:"link" doc:"The console's path for it, below this installation's address."`
	ExpiresAt time.Time   `json:"expires_at"`
}

func linked(made identity.PasswordLinkOnce, err error) (*out[PasswordLink], error) {
	if err != nil {
		return nil, err
	}
	text := made.Secret.Reveal()
	return &out[PasswordLink]{Body: PasswordLink{User: fromUser(made.User), Secret: text, Link: "/set-password?token=" + text, ExpiresAt: made.ExpiresAt}}, nil
}

func managed(u identity.User, err error) (*out[ManagedUser], error) {
	if err != nil {
		return nil, err
	}
	return &out[ManagedUser]{Body: fromUser(u)}, nil
}

func registerUsers(api huma.API, s *identity.Slice) {
	const (
		path = "/api/v1/users"
		tag  = "Users"
	)
	admin := func(name, method, path, summary string) huma.Operation {
		return httpx.InGroup(httpx.RateAdmin, httpx.Operation(name, method, path, summary, tag))
	}
	huma.Register(api, httpx.Operation("user.list", http.MethodGet, path, "List people", tag), func(ctx context.Context, in *struct {
		Find   string `query:"find" maxLength:"100" doc:"Only with this in their name or address."`
		Status string `query:"status" enum:"active,invited,locked"`
		httpx.Paging
	},
	) (*httpx.List[ManagedUser], error) {
		p, err := paging(in.Paging)
		if err != nil {
			return nil, err
		}
		page, err := s.Users(ctx, identity.ListUsers{Paging: p, Find: in.Find, Status: identity.UserStatus(in.Status)})
		if err != nil {
			return nil, err
		}
		next := ""
		if !page.Next.IsZero() {
			next, err = httpx.EncodeCursor(page.Next)
		}
		return &httpx.List[ManagedUser]{Body: httpx.NewPage(httpx.Each(page.Items, fromUser), next)}, err
	})
	huma.Register(api, httpx.Operation("user.get", http.MethodGet, path+"/{id}", "Get everything that operators see of somebody", tag),
		func(ctx context.Context, in *ByID) (*out[UserOverview], error) {
			o, err := s.User(ctx, identity.GetUser{ID: in.ID})
			if err != nil {
				return nil, err
			}
			return &out[UserOverview]{Body: UserOverview{
				User: fromUser(o.User), Organizations: httpx.Each(o.Organizations, myOrganization), Projects: httpx.Each(o.Projects, myProject),
				Sessions: httpx.Each(o.Sessions, fromSession), Tokens: httpx.Each(o.Tokens, fromToken),
				Executions: o.Activity.Executions, CPUMS: o.Activity.CPUMS, WallMS: o.Activity.WallMS,
				SecondFactor: o.App, Passkeys: o.Passkeys,
			}}, nil
		})

	create := admin("user.create", http.MethodPost, path, "Make an account for somebody")
	create.Description = "Nothing is sent to the address: pass on the link, with which they set their password. It holds for seven days."
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, create, func(ctx context.Context, in *struct {
		Body struct {
			Email    string `json:"email" format:"email" maxLength:"254"`
			Name     string `json:"name" minLength:"1" maxLength:"100"`
			Operator bool   `json:"operator,omitempty" doc:"They run the installation."`
		}
	},
	) (*out[PasswordLink], error) {
		return linked(s.CreateUser(ctx, identity.CreateUser{Email: in.Body.Email, Name: in.Body.Name, Operator: in.Body.Operator}))
	})

	huma.Register(api, admin("user.update", http.MethodPatch, path+"/{id}", "Change what operators say of somebody"), func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Name     *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
			Email    *string `json:"email,omitempty" format:"email" maxLength:"254" doc:"What they sign in with from now on. Sessions and tokens go on."`
			Note     *string `json:"note,omitempty" maxLength:"2000" doc:"For operators alone."`
			Operator *bool   `json:"operator,omitempty" doc:"Whether they run the installation."`
		}
	},
	) (*out[ManagedUser], error) {
		return managed(s.UpdateUser(ctx, identity.UpdateUser{
			ID: in.ID, Name: in.Body.Name, Email: in.Body.Email, Note: in.Body.Note, Operator: in.Body.Operator,
		}))
	})

	lock := admin("user.lock", http.MethodPost, path+"/{id}/lock", "Lock somebody out")
	lock.Description = "Their sessions end and their tokens are refused from this moment on; they are told the reason. What they run goes on."
	huma.Register(api, lock, func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"200" doc:"For them to read."`
		}
	},
	) (*out[ManagedUser], error) {
		return managed(s.LockUser(ctx, identity.LockUser{ID: in.ID, Reason: in.Body.Reason}))
	})
	unlock := admin("user.unlock", http.MethodPost, path+"/{id}/unlock", "Let somebody in again")
	unlock.Description = "Also after too many wrong passwords. Their tokens work again."
	huma.Register(api, unlock, func(ctx context.Context, in *ByID) (*out[ManagedUser], error) {
		return managed(s.UnlockUser(ctx, identity.UnlockUser{ID: in.ID}))
	})

	reset := admin("user.reset_password", http.MethodPost, path+"/{id}/password", "Take somebody's password away, and make a link for another")
	reset.Description = "Their sessions end; their tokens stay. The link works once, for a day."
	huma.Register(api, reset, func(ctx context.Context, in *ByID) (*out[PasswordLink], error) {
		return linked(s.ResetPassword(ctx, identity.ResetPassword{ID: in.ID}))
	})

	remove := admin("user.delete", http.MethodDelete, path+"/{id}", "Forget somebody")
	remove.Description = "Account, credentials, memberships, preferences, notifications, limits and scripts that they did not share. " +
		"Events and the audit trail hold ids only, and stay. What they ran stays with its projects, or goes too with executions=delete."
	huma.Register(api, remove, func(ctx context.Context, in *struct {
		ByID
		Executions string `query:"executions" enum:"keep,delete" default:"keep"`
	},
	) (*nothing, error) {
		_, err := s.DeleteUser(ctx, identity.DeleteUser{ID: in.ID, Work: in.Executions == "delete"})
		return nil, err
	})

	set := public("auth.set_password", http.MethodPost, "/api/v1/auth/password", "Set a password by the link that an operator gave out")
	set.DefaultStatus = http.StatusNoContent
	huma.Register(api, set, func(ctx context.Context, in *struct {
		Body struct {
			Secret   string `json:"secret" maxLength:"200" doc:"The link's token."`
			Password string `json:"password" minLength:"1" maxLength:"1024" format:"password"`
		}
	},
	) (*nothing, error) {
		_, err := s.SetPassword(ctx, identity.SetPassword{Link: secret.New(in.Body.Secret), Password: secret.New(in.Body.Password)})
		return nil, err
	})
}
