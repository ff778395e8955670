package executionhttp

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// registerRuntimes puts the operations on runtimes on the API.
func registerRuntimes(api huma.API, h handlers) {
	const tag = "Runtimes"
	huma.Register(api, httpx.Operation("runtime.list", http.MethodGet, "/api/v1/runtimes", "List runtimes", tag), h.runtimes)
	create := httpx.Operation("runtime.create", http.MethodPost, "/api/v1/runtimes", "Make an image a runtime", tag)
	create.DefaultStatus = http.StatusCreated
	create.Description = "Asks the registry what the image's reference means now, and pins the digest. Nodes then pull it; the runtime can be asked for at once."
	huma.Register(api, create, h.createRuntime)
	update := httpx.Operation("runtime.update", http.MethodPatch, "/api/v1/runtimes/{id}", "Say how a runtime's runs are kept apart, and what they may connect to", tag)
	update.Description = "Of any runtime: an image, or what nodes have installed. What waits keeps what it was submitted with."
	huma.Register(api, update, h.updateRuntime)
	remove := httpx.Operation("runtime.remove", http.MethodDelete, "/api/v1/runtimes/{id}", "Retire a runtime that is an image", tag)
	remove.DefaultStatus = http.StatusNoContent
	remove.Description = "Nobody can ask for it any more, and its version is not given again. What waits for it still runs; what ran keeps its record."
	huma.Register(api, remove, h.removeRuntime)
	huma.Register(api, httpx.Operation("runtime.inspect", http.MethodPost, "/api/v1/runtimes/inspect", "Ask a registry what an image is", tag), h.inspectImage)
	huma.Register(api, httpx.Operation("runtime.nodes", http.MethodGet, "/api/v1/runtimes/nodes", "Show how far nodes are with images", tag), h.runtimeNodes)
}

// Runtime is a language in one version.
type Runtime struct {
	ID       string   `json:"id" example:"python@3.11.2"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Default  bool     `json:"default" doc:"Whether the bare name means this version."`
	FileName string   `json:"file_name"`
	Example  string   `json:"example" doc:"A program that shows what the runtime can do."`
	Compiled bool     `json:"compiled"`
	Nodes    int      `json:"nodes" doc:"How many ready nodes have it."`
	Aliases  []string `json:"aliases"`

	Image   string `json:"image,omitempty" doc:"The image that it is; absent when nodes have it installed." example:"index.docker.io/library/python:3.12-slim"`
	Digest  string `json:"digest,omitempty" doc:"What the image's reference meant when the runtime was made, and means for ever."`
	Pulling int    `json:"pulling,omitempty" doc:"How many nodes are getting its image ready."`
	Failing int    `json:"failing,omitempty" doc:"How many nodes could not pull its image, and try again."`

	Egress []string `json:"egress,omitempty" doc:"What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it." example:"[\"pypi.org:443\"]"`

	Class   string         `json:"class,omitempty" doc:"The weakest isolation class that its runs are given; absent: the settings decide."`
	Classes []RuntimeClass `json:"classes" doc:"The isolation classes that it can be run in, the fastest first."`
}

// RuntimeClass is an isolation class that a runtime can be run in.
type RuntimeClass struct {
	Name    string `json:"name" example:"gvisor"`
	StartMS int64  `json:"start_ms" doc:"What it usually adds before the program's first line, in milliseconds."`
	Promise string `json:"promise" doc:"What it keeps apart."`
	Ready   bool   `json:"ready" doc:"Whether a ready node offers it now."`
}

func classesDTO(r execution.Runtime) []RuntimeClass {
	all := []RuntimeClass{}
	for _, p := range r.Promises() {
		all = append(all, RuntimeClass{string(p.Class), p.StartMS, p.Promise, slices.Contains(r.ReadyClasses, p.Class)})
	}
	return all
}

func (h handlers) runtimes(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Items []Runtime `json:"items"`
	}
}, error,
) {
	all, err := h.slice.Runtimes(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	var out struct {
		Body struct {
			Items []Runtime `json:"items"`
		}
	}
	out.Body.Items = []Runtime{}
	for _, r := range all {
		meant, err := execution.Resolve(all, r.Name)
		shown := runtimeDTO(r)
		shown.Default = err == nil && meant.ID == r.ID
		out.Body.Items = append(out.Body.Items, shown)
	}
	return &out, nil
}

// ImageSource is where an image is, and how its registry is reached.
type ImageSource struct {
	Image    string        `json:"image" minLength:"1" maxLength:"500" example:"python:3.12-slim" doc:"A reference with a tag or a digest. Without a registry it is Docker Hub's."`
	Insecure bool          `json:"insecure,omitempty" doc:"The registry may be spoken to over plain HTTP."`
	Username string        `json:"username,omitempty" maxLength:"4096" doc:"Of a private registry."`
	Password secret.String `json:"password,omitzero" doc:"Kept sealed, given to nodes that pull, never shown."`
}

// RuntimeRequest makes an image a runtime.
type RuntimeRequest struct {
	ImageSource
	Name     string            `json:"name" minLength:"1" maxLength:"31" example:"python"`
	Version  string            `json:"version" minLength:"1" maxLength:"31" example:"3.12.8" doc:"A version never changes; it can only be retired."`
	Digest   string            `json:"digest,omitempty" maxLength:"100" doc:"What the reference must mean. If it means something else now, nothing is made."`
	FileName string            `json:"file_name" minLength:"1" maxLength:"64" example:"main.py" doc:"What the source is called in the program's folder."`
	Command  []string          `json:"command,omitempty" doc:"Starts the program; {file} is the source's name. Absent: the image's own command, and the source." example:"[\"python3\",\"-u\",\"{file}\"]"`
	Compile  []string          `json:"compile,omitempty" doc:"Compiles the source first."`
	Env      map[string]string `json:"env,omitempty" doc:"Environment variables, over the image's own."`
	Example  string            `json:"example,omitempty" maxLength:"10000" doc:"A program that shows what the runtime can do."`
	Egress   []string          `json:"egress,omitempty" maxItems:"64" example:"[\"pypi.org:443\"]" doc:"What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it."`
	Class    string            `json:"class,omitempty" enum:"auto,fresh,gvisor" doc:"The weakest isolation class that its runs are given; auto, or absent: the settings decide."`
}

// RuntimeUpdateRequest changes what operators say of a runtime; what is absent stays.
type RuntimeUpdateRequest struct {
	Class  *string   `json:"class,omitempty" enum:"auto,fresh,gvisor" doc:"The weakest isolation class that its runs are given; auto: the settings decide."`
	Egress *[]string `json:"egress,omitempty" maxItems:"64" example:"[\"pypi.org:443\"]" doc:"What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it; empty: nothing."`
}

// InspectedImage is what a registry says of an image.
type InspectedImage struct {
	Image     string   `json:"image" example:"index.docker.io/library/python:3.12-slim"`
	Digest    string   `json:"digest"`
	Platforms []string `json:"platforms" example:"[\"linux/amd64\"]"`
	Bytes     int64    `json:"bytes" doc:"Of its layers, as they are sent."`
	Command   []string `json:"command" doc:"What it starts by itself."`
	Env       []string `json:"env"`
}

// RuntimeNode is how far one node is with one image.
type RuntimeNode struct {
	Runtime    string    `json:"runtime" example:"python@3.12.8"`
	NodeID     ident.ID  `json:"node_id"`
	Node       string    `json:"node"`
	State      string    `json:"state" enum:"waiting,pulling,ready,failed"`
	DoneBytes  int64     `json:"done_bytes,omitempty"`
	TotalBytes int64     `json:"total_bytes,omitempty" doc:"Of its layers, as they are sent; absent while unknown."`
	Reason     string    `json:"reason,omitempty" doc:"Why it failed last. It is tried again, with growing pauses."`
	ReportedAt time.Time `json:"reported_at"`

	Classes     []string `json:"classes,omitempty" example:"[\"process\",\"fresh\"]" doc:"The isolation classes that the node runs it in, as it has found out by trying; absent before it is ready."`
	ClassReason string   `json:"class_reason,omitempty" doc:"Why class process is not among them."`
}

func runtimeDTO(r execution.Runtime) Runtime {
	return Runtime{
		ID: r.ID, Name: r.Name, Version: r.Version, FileName: r.FileName, Example: r.Example, Compiled: r.Compiled, Classes: classesDTO(r),
		Nodes: r.Nodes, Aliases: r.Aliases(), Image: r.Image, Digest: r.Digest, Pulling: r.Pulling, Failing: r.Failing,
		Egress: r.Egress, Class: string(r.Class),
	}
}

func (h handlers) createRuntime(ctx context.Context, in *struct {
	IdempotencyHeader
	Body RuntimeRequest
},
) (*struct{ Body Runtime }, error) {
	b := in.Body
	r, err := h.slice.CreateRuntime(ctx, execution.CreateRuntime{
		Name: b.Name, Version: b.Version, Reference: b.Image, Digest: b.Digest, Insecure: b.Insecure, Username: b.Username, Password: b.Password,
		FileName: b.FileName, Command: b.Command, Compile: b.Compile, Env: b.Env, Example: b.Example, Egress: b.Egress, Class: execution.Class(b.Class),
	})
	if err != nil {
		return nil, err
	}
	return &struct{ Body Runtime }{runtimeDTO(r)}, nil
}

func (h handlers) updateRuntime(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64" example:"python@3.12.8"`
	Body RuntimeUpdateRequest
},
) (*struct{ Body Runtime }, error) {
	change := execution.UpdateRuntime{Runtime: in.ID, Egress: in.Body.Egress}
	if in.Body.Class != nil {
		change.Class = new(execution.Class(*in.Body.Class))
	}
	r, err := h.slice.UpdateRuntime(ctx, change)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Runtime }{runtimeDTO(r)}, nil
}

func (h handlers) removeRuntime(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64" example:"python@3.12.8"`
},
) (*struct{}, error) {
	return nil, h.slice.RemoveRuntime(ctx, execution.RemoveRuntime{Runtime: in.ID})
}

func (h handlers) inspectImage(ctx context.Context, in *struct{ Body ImageSource }) (*struct{ Body InspectedImage }, error) {
	b := in.Body
	found, err := h.slice.InspectImage(ctx, execution.InspectImage{Reference: b.Image, Insecure: b.Insecure, Username: b.Username, Password: b.Password})
	if err != nil {
		return nil, err
	}
	out := &struct{ Body InspectedImage }{InspectedImage{
		Image: found.Reference, Digest: found.Digest, Platforms: found.Platforms, Bytes: found.Bytes, Command: []string{}, Env: []string{},
	}}
	out.Body.Command = append(out.Body.Command, found.Command...)
	out.Body.Env = append(out.Body.Env, found.Env...)
	return out, nil
}

func (h handlers) runtimeNodes(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Items []RuntimeNode `json:"items"`
	}
}, error,
) {
	all, err := h.slice.RuntimeNodes(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	var out struct {
		Body struct {
			Items []RuntimeNode `json:"items"`
		}
	}
	out.Body.Items = []RuntimeNode{}
	for _, n := range all {
		one := RuntimeNode{
			Runtime: n.RuntimeID, NodeID: n.NodeID, Node: n.Node, State: n.State, DoneBytes: n.Done, TotalBytes: n.Total,
			Reason: n.Reason, ReportedAt: n.ReportedAt, ClassReason: n.ClassReason,
		}
		for _, c := range n.Classes {
			one.Classes = append(one.Classes, string(c))
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	return &out, nil
}
