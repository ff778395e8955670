// Package limithttp is the API of settings and limits.
package limithttp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Limit is one setting or limit, and what applies of it to the caller.
type Limit struct {
	Name         string       `json:"name" example:"execution.concurrent"`
	Kind         string       `json:"kind" enum:"setting,limit" doc:"setting: the nearest scope wins. limit: the smallest of all scopes applies."`
	Help         string       `json:"help"`
	Unit         string       `json:"unit,omitempty" example:"bytes"`
	Value        LimitValue   `json:"value" doc:"What applies."`
	Scope        string       `json:"scope" enum:"global,organization,unit,project,member,user" doc:"Whose value it is."`
	Owner        ident.ID     `json:"owner,omitzero" doc:"The organization, unit, project or user whose value it is."`
	Organization ident.ID     `json:"organization_id,omitzero" doc:"Of a member's value: the organization whose administrators set it."`
	Default      LimitValue   `json:"default" doc:"What applies while nobody set anything."`
	Min          int64        `json:"min,omitempty"`
	Max          int64        `json:"max,omitempty"`
	Words        []string     `json:"words,omitempty" doc:"The values in words; those of a limit go from the most to the least."`
	GlobalOnly   bool         `json:"global_only,omitempty" doc:"It holds for the whole installation."`
	OperatorOnly bool         `json:"operator_only,omitempty" doc:"Only operators set it."`
	Used         *int64       `json:"used,omitempty" doc:"How much of it is used now, where that is counted."`
	Set          []LimitScope `json:"set" doc:"What the scopes around the caller set, innermost first."`
}

// LimitScope is the value of one scope.
type LimitScope struct {
	Scope string   `json:"scope" enum:"global,organization,unit,project,member,user"`
	Owner ident.ID `json:"owner,omitzero"`
	// Organization is where a member is one.
	Organization ident.ID `json:"organization_id,omitzero"`

	Value LimitValue `json:"value"`
	ID    ident.ID   `json:"id,omitzero" doc:"Of the value: what events and the audit trail know it by."`
	SetAt *time.Time `json:"set_at,omitempty"`
}

// LimitValue is a number or a word.
type LimitValue struct {
	number *int64
	word   string
}

// MarshalJSON writes the number or the word.
func (v LimitValue) MarshalJSON() ([]byte, error) {
	if v.number != nil {
		return strconv.AppendInt(nil, *v.number, 10), nil
	}
	return json.Marshal(v.word)
}

// UnmarshalJSON reads the number or the word.
func (v *LimitValue) UnmarshalJSON(b []byte) error {
	*v = LimitValue{}
	if json.Unmarshal(b, &v.word) == nil {
		return nil
	}
	if err := json.Unmarshal(b, &v.number); err != nil || v.number == nil {
		return fmt.Errorf("a value is a whole number or a word")
	}
	return nil
}

// Schema implements huma.SchemaProvider.
func (LimitValue) Schema(huma.Registry) *huma.Schema {
	longest := 4000 // of a list of destinations
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeInteger, Format: "int64"}, {Type: huma.TypeString, MaxLength: &longest},
	}}
}

const tag = "Limits"

// Register adds the operations to the API.
func Register(api huma.API, s *limit.Slice) {
	registerRates(api, s)
	huma.Register(api, httpx.Operation("limit.list", http.MethodGet, "/api/v1/limits", "List settings and limits as they apply to the caller", tag),
		func(ctx context.Context, in *struct {
			Project ident.ID `query:"project_id" doc:"As they apply in this project."`
			User    ident.ID `query:"user_id" doc:"Operators: as they apply to this user."`
		},
		) (*httpx.List[Limit], error) {
			all, err := s.List(ctx, limit.List{Project: in.Project, User: in.User})
			if err != nil {
				return nil, err
			}
			return httpx.Listed(all, present), nil
		})
	of := httpx.Operation("limit.member", http.MethodGet, "/api/v1/organizations/{id}/members/{user_id}/limits", "List settings and limits as they apply to a member", tag)
	of.Description = "In any project of the organization; units and projects may have smaller ones. For the organization's administrators."
	huma.Register(api, of, func(ctx context.Context, in *struct {
		ID   ident.ID `path:"id"`
		User ident.ID `path:"user_id"`
	},
	) (*httpx.List[Limit], error) {
		all, err := s.Member(ctx, limit.OfMember{Organization: in.ID, User: in.User})
		if err != nil {
			return nil, err
		}
		return httpx.Listed(all, present), nil
	})

	set := httpx.Operation("limit.set", http.MethodPut, "/api/v1/limits/{name}", "Set a setting or limit for a scope", tag)
	set.Description = "A limit above that of a scope around it is refused: it would not apply."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, set), func(ctx context.Context, in *struct {
		Name string `path:"name" maxLength:"100"`
		Body struct {
			Scope   string     `json:"scope" enum:"global,organization,unit,project,member,user"`
			ScopeID ident.ID   `json:"scope_id,omitzero" doc:"Its id; none when global. Of a member: the user's."`
			Value   LimitValue `json:"value"`

			Organization ident.ID `json:"organization_id,omitzero" doc:"Of a member: the organization. No other scope has one."`
		}
	},
	) (*struct{ Body LimitScope }, error) {
		v, err := s.Set(ctx, limit.Set{
			Name: in.Name, Target: limit.Target{Scope: limit.Scope(in.Body.Scope), ID: in.Body.ScopeID, Organization: in.Body.Organization},
			Number: in.Body.Value.number, Word: in.Body.Value.word,
		})
		if err != nil {
			return nil, err
		}
		return &struct{ Body LimitScope }{scoped(v)}, nil
	})

	unset := httpx.Operation("limit.clear", http.MethodDelete, "/api/v1/limits/{name}", "Take a scope's own value away", tag)
	unset.Description = "The values of the scopes around it apply again."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, unset), func(ctx context.Context, in *struct {
		Name    string   `path:"name" maxLength:"100"`
		Scope   string   `query:"scope" required:"true" enum:"global,organization,unit,project,member,user"`
		ScopeID ident.ID `query:"scope_id" doc:"Its id; none when global. Of a member: the user's."`

		Organization ident.ID `query:"organization_id" doc:"Of a member: the organization. No other scope has one."`
	},
	) (*struct{}, error) {
		_, err := s.Clear(ctx, limit.Clear{Name: in.Name, Target: limit.Target{Scope: limit.Scope(in.Scope), ID: in.ScopeID, Organization: in.Organization}})
		return nil, err
	})
}

func present(e limit.Effective) Limit {
	l := Limit{
		Name: e.Name, Kind: string(e.Kind), Help: e.Help, Unit: e.Unit, Value: value(e.Value), Scope: string(e.Value.Scope), Owner: e.Value.Owner, Organization: e.Value.Within,
		Default: LimitValue{number: &e.Default}, Min: e.Min, Max: e.Max, Words: e.Words,
		GlobalOnly: e.GlobalOnly, OperatorOnly: e.OperatorOnly, Used: e.Used, Set: make([]LimitScope, len(e.Set)),
	}
	if len(e.Words) > 0 {
		l.Default = LimitValue{word: e.Words[0]}
	}
	if e.Destinations {
		l.Default = LimitValue{word: "none"}
	}
	for i, v := range e.Set {
		l.Set[i] = scoped(v.Value)
		l.Set[i].ID, l.Set[i].SetAt = v.ID, &v.SetAt
	}
	return l
}

func scoped(v limit.Value) LimitScope {
	return LimitScope{Scope: string(v.Scope), Owner: v.Owner, Organization: v.Within, Value: value(v)}
}

func value(v limit.Value) LimitValue {
	if v.Word != "" {
		return LimitValue{word: v.Word}
	}
	return LimitValue{number: &v.Number}
}
