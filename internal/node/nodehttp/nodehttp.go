// Package nodehttp is the public API of nodes.
package nodehttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Node is a machine that runs programs.
type Node struct {
	ID           ident.ID          `json:"id"`
	Name         string            `json:"name"`
	Status       string            `json:"status" enum:"enrolling,ready,draining,offline,retired"`
	Cordoned     bool              `json:"cordoned" doc:"Nothing new is placed here."`
	Drained      bool              `json:"drained" doc:"It was drained, and nothing runs here any more."`
	Reason       string            `json:"reason,omitempty" doc:"Why it takes no work."`
	Address      string            `json:"address,omitempty" doc:"Where its agent dialled from."`
	AgentVersion string            `json:"agent_version,omitempty"`
	OS           string            `json:"os,omitempty" example:"linux"`
	Arch         string            `json:"arch,omitempty" example:"amd64"`
	Cores        int               `json:"cores"`
	MemoryBytes  int64             `json:"memory_bytes"`
	SlotsTotal   int               `json:"slots_total" doc:"How many programs may run at once."`
	SlotsUsed    int               `json:"slots_used" doc:"How many ran when the agent was last heard."`
	Runtimes     []NodeRuntime     `json:"runtimes"`
	Enforcement  []NodeEnforcement `json:"enforcement" doc:"How each promise of the sandbox is kept there."`
	EnrolledAt   time.Time         `json:"enrolled_at"`
	LastSeenAt   *time.Time        `json:"last_seen_at,omitempty"`
}

// NodeRuntime is a language in one version.
type NodeRuntime struct {
	Name    string `json:"name" example:"python"`
	Version string `json:"version" example:"3.11.2"`
}

// NodeEnforcement tells how one promise of the sandbox is kept.
type NodeEnforcement struct {
	Name string `json:"name" example:"memory"`
	How  string `json:"how" example:"cgroup v2"`
	OK   bool   `json:"ok"`
}

// NodeEnrollment is a new token, shown once.
type NodeEnrollment struct {
	ID        ident.ID  `json:"id"`
	Token     string    `json:"token" doc:"Shown this once. It is good for one machine."`
	ExpiresAt time.Time `json:"expires_at"`
	Command   string    `json:"command" doc:"What to run on the new machine, as root."`
}

func present(n node.Node) Node {
	shown := Node{
		ID: n.ID, Name: n.Name, Status: string(n.Status), Cordoned: n.Cordoned, Drained: n.DrainedAt != nil, Reason: n.Reason,
		Address: n.Address, AgentVersion: n.AgentVersion, OS: n.OS, Arch: n.Arch, Cores: n.Cores, MemoryBytes: n.MemoryBytes,
		SlotsTotal: n.SlotsTotal, Runtimes: []NodeRuntime{}, Enforcement: []NodeEnforcement{},
		EnrolledAt: n.EnrolledAt, LastSeenAt: n.LastSeenAt,
	}
	if n.Status == node.Ready || n.Status == node.Draining {
		shown.SlotsUsed = n.SlotsUsed
	}
	for _, r := range n.Runtimes {
		shown.Runtimes = append(shown.Runtimes, NodeRuntime{r.Name, r.Version})
	}
	for _, e := range n.Enforcement {
		shown.Enforcement = append(shown.Enforcement, NodeEnforcement{e.Name, e.How, e.OK})
	}
	return shown
}

type (
	byID struct {
		ID ident.ID `path:"id"`
	}
	oneNode struct{ Body Node }
	nothing struct{}
)

// enrolling is the input of a new enrolment. The address by which the caller reached
// us is the one that the new machine is told to dial.
type enrolling struct {
	Body struct {
		Name       string `json:"name,omitempty" maxLength:"63" doc:"Of the node to be; its host name when absent."`
		TTLSeconds int    `json:"ttl_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How long the token is good; 15 minutes when absent."`
	} `nameHint:"EnrollNodeRequest"`
	url string
}

// Resolve implements huma.Resolver.
func (in *enrolling) Resolve(ctx huma.Context) []error {
	scheme := "http"
	if ctx.TLS() != nil || ctx.Header("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	in.url = scheme + "://" + ctx.Host()
	return nil
}

// Register adds the operations to the API.
func Register(api huma.API, s *node.Slice) {
	const (
		tag   = "Nodes"
		nodes = "/api/v1/nodes"
	)
	huma.Register(api, httpx.Operation("node.list", http.MethodGet, nodes, "List nodes", tag),
		func(ctx context.Context, _ *nothing) (*httpx.List[Node], error) {
			all, err := s.List(ctx, node.List{})
			if err != nil {
				return nil, err
			}
			return httpx.Listed(all, present), nil
		})
	huma.Register(api, httpx.Operation("node.get", http.MethodGet, nodes+"/{id}", "Get a node", tag),
		func(ctx context.Context, in *byID) (*oneNode, error) {
			return shown(s.Get(ctx, node.Get{NodeID: in.ID}))
		})

	enroll := httpx.Operation("node.enroll", http.MethodPost, nodes+"/enrollments", "Make a token by which one machine may join", tag)
	enroll.Description = "The token is shown once and good for one machine. Repeating the request with its Idempotency-Key does not show it again."
	enroll.DefaultStatus = http.StatusCreated
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, enroll), func(ctx context.Context, in *enrolling) (*struct{ Body NodeEnrollment }, error) {
		made, err := s.Enroll(ctx, node.Enroll{Name: in.Body.Name, Life: time.Duration(in.Body.TTLSeconds) * time.Second})
		if err != nil {
			return nil, err
		}
		if made.Token == "" {
			return nil, fault.New(fault.Conflict, "node.token_shown", "The token was shown already, in the first answer to this request. Make another one.")
		}
		return &struct{ Body NodeEnrollment }{NodeEnrollment{
			ID: made.ID, Token: made.Token, ExpiresAt: made.ExpiresAt, Command: "stoa-agent --join " + in.url + " --token " + made.Token,
		}}, nil
	})

	cordon := httpx.Operation("node.cordon", http.MethodPost, nodes+"/{id}/cordon", "Keep new work off a node", tag)
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, cordon),
		func(ctx context.Context, in *byID) (*oneNode, error) {
			return shown(s.Cordon(ctx, node.Cordon{NodeID: in.ID}))
		})

	uncordon := httpx.Operation("node.uncordon", http.MethodPost, nodes+"/{id}/uncordon", "Let work onto a node again", tag)
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, uncordon),
		func(ctx context.Context, in *byID) (*oneNode, error) {
			return shown(s.Uncordon(ctx, node.Uncordon{NodeID: in.ID}))
		})

	drain := httpx.Operation("node.drain", http.MethodPost, nodes+"/{id}/drain", "Cordon a node and wait until it is empty", tag)
	drain.Description = "What runs there runs to its end. Then “drained” is true."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, drain),
		func(ctx context.Context, in *byID) (*oneNode, error) {
			return shown(s.Drain(ctx, node.Drain{NodeID: in.ID}))
		})

	remove := httpx.Operation("node.remove", http.MethodDelete, nodes+"/{id}", "Remove a node and revoke its certificate", tag)
	remove.Description = "What runs there ends within seconds, and is retried elsewhere or ends as an error. Drain the node first to avoid that."
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, remove), func(ctx context.Context, in *byID) (*nothing, error) {
		_, err := s.Remove(ctx, node.Remove{NodeID: in.ID})
		return nil, err
	})
}

func shown(n node.Node, err error) (*oneNode, error) {
	if err != nil {
		return nil, err
	}
	return &oneNode{present(n)}, nil
}
