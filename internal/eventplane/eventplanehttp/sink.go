package eventplanehttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// SinkRequest asks for a sink.
type SinkRequest struct {
	Name                string   `json:"name" minLength:"1" maxLength:"63" example:"warehouse"`
	Kind                string   `json:"kind" enum:"jetstream,kafka"`
	Address             string   `json:"address" minLength:"1" maxLength:"1000" doc:"nats://host:4222, or Kafka's brokers host:9092; several with commas." example:"nats://nats.example.org:4222"`
	Prefix              string   `json:"prefix,omitempty" maxLength:"63" doc:"Of subjects and topics; stoa when absent."`
	Credentials         string   `json:"credentials,omitempty" maxLength:"1000" doc:"user:password. Kept sealed, never shown."`
	SchemaRegistry      string   `json:"schema_registry,omitempty" maxLength:"1000" doc:"Of Kafka: URL of a schema registry (Confluent's protocol). Records are framed then: a zero byte, the number of the schema in four, the event." example:"https://registry.example.org"`
	RegistryCredentials string   `json:"schema_registry_credentials,omitempty" maxLength:"1000" doc:"user:password. Kept sealed, never shown."`
	OrganizationID      ident.ID `json:"organization_id,omitzero" doc:"Makes it this organization's own: it gets its events only, its admins see and steer it, and its address must be a public one. The platform's own when absent, with everybody's events."`
	Types               []string `json:"types,omitempty" maxItems:"50" doc:"Only of these types."`
	SubjectKind         string   `json:"subject_kind,omitempty" maxLength:"64" doc:"Only about things of this kind." example:"execution"`
	Everything          bool     `json:"everything,omitempty" doc:"From the log's beginning, not from now on."`
}

// SinkChange says what is to be different; what is absent stays.
type SinkChange struct {
	Address             *string   `json:"address,omitempty" minLength:"1" maxLength:"1000" doc:"With another address the credentials must be given too: those that are kept are not shown to it."`
	Credentials         *string   `json:"credentials,omitempty" maxLength:"1000" doc:"user:password; empty: none. Kept sealed, never shown."`
	SchemaRegistry      *string   `json:"schema_registry,omitempty" maxLength:"1000" doc:"Empty: none."`
	RegistryCredentials *string   `json:"schema_registry_credentials,omitempty" maxLength:"1000" doc:"user:password; empty: none. Kept sealed, never shown."`
	Types               *[]string `json:"types,omitempty" maxItems:"50" doc:"Only of these types; empty: of all."`
	SubjectKind         *string   `json:"subject_kind,omitempty" maxLength:"64" doc:"Only about things of this kind; empty: of all."`
}

func hidden(text *string) *secret.String {
	if text == nil {
		return nil
	}
	s := secret.New(*text)
	return &s
}

// Sink is another system that gets the log's events as they happen.
type Sink struct {
	ID             ident.ID   `json:"id"`
	Name           string     `json:"name"`
	Kind           string     `json:"kind" enum:"jetstream,kafka"`
	Address        string     `json:"address"`
	Prefix         string     `json:"prefix"`
	SchemaRegistry string     `json:"schema_registry,omitempty"`
	OrganizationID ident.ID   `json:"organization_id,omitzero" doc:"Whose own it is, and whose events it gets; absent: the platform's, everybody's."`
	Types          []string   `json:"types"`
	SubjectKind    string     `json:"subject_kind,omitempty"`
	State          string     `json:"state" enum:"sending,failing,paused"`
	Error          string     `json:"error,omitempty" doc:"Of a failing one: the last. Of a paused one: why Stoa paused it."`
	FailingSince   *time.Time `json:"failing_since,omitempty"`
	Position       int64      `json:"position" doc:"Up to here of the log it has what it is to get."`
	Lag            int64      `json:"lag" doc:"Positions behind the log's head."`
	Sent           int64      `json:"sent"`
	SentAt         *time.Time `json:"sent_at,omitempty"`
	CreatedAt      time.Time  `json:"created_at"`
}

func presentSink(s eventplane.Sink) Sink {
	shown := Sink{
		ID: s.ID, Name: s.Name, Kind: string(s.Kind), Address: s.Address, Prefix: s.Prefix, SchemaRegistry: s.Registry, OrganizationID: s.OrganizationID,
		Types: append([]string{}, s.Types...), SubjectKind: s.AggregateKind, State: "sending", Error: s.Error, FailingSince: s.FailingSince,
		Position: s.Position, Lag: max(0, s.Lag), Sent: s.Sent, SentAt: s.SentAt, CreatedAt: s.CreatedAt,
	}
	switch {
	case !s.Enabled:
		shown.State = "paused"
	case s.FailingSince != nil:
		shown.State = "failing"
	}
	return shown
}

type oneSink struct{ Body Sink }

func shownSink(s eventplane.Sink, err error) (*oneSink, error) {
	if err != nil {
		return nil, err
	}
	return &oneSink{presentSink(s)}, nil
}

func registerSinks(api huma.API, s *eventplane.Slice) {
	const (
		tag   = "Sinks"
		sinks = "/api/v1/sinks"
	)
	huma.Register(api, httpx.Operation("sink.list", http.MethodGet, sinks, "List the systems that get events, and how they fare", tag),
		func(ctx context.Context, _ *struct{}) (*httpx.List[Sink], error) {
			all, err := s.Sinks(ctx, struct{}{})
			if err != nil {
				return nil, err
			}
			return httpx.Listed(all, presentSink), nil
		})
	create := httpx.Operation("sink.create", http.MethodPost, sinks, "Send events to another system", tag)
	create.Description = "In order, and each at least once: its id tells a repetition. JetStream drops repetitions itself."
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, create), func(ctx context.Context, in *struct{ Body SinkRequest }) (*oneSink, error) {
		prefix := in.Body.Prefix
		if prefix == "" {
			prefix = "stoa"
		}
		return shownSink(s.CreateSink(ctx, eventplane.CreateSink{
			Name: in.Body.Name, Kind: eventplane.SinkKind(in.Body.Kind), Address: in.Body.Address, Prefix: prefix, Secret: secret.New(in.Body.Credentials),
			Registry: in.Body.SchemaRegistry, RegistrySecret: secret.New(in.Body.RegistryCredentials),
			OrganizationID: in.Body.OrganizationID, Types: in.Body.Types, AggregateKind: in.Body.SubjectKind, Everything: in.Body.Everything,
		}))
	})
	update := httpx.Operation("sink.update", http.MethodPatch, sinks+"/{id}", "Change how a sink is reached and what it gets", tag)
	update.Description = "It goes on where it is: what it has is not sent again, but for the batch that was on its way."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, update), func(ctx context.Context, in *struct {
		ID   ident.ID `path:"id"`
		Body SinkChange
	},
	) (*oneSink, error) {
		return shownSink(s.UpdateSink(ctx, eventplane.UpdateSink{
			ID: in.ID, Address: in.Body.Address, Secret: hidden(in.Body.Credentials), Registry: in.Body.SchemaRegistry,
			RegistrySecret: hidden(in.Body.RegistryCredentials), Types: in.Body.Types, AggregateKind: in.Body.SubjectKind,
		}))
	})
	pause := httpx.Operation("sink.pause", http.MethodPost, sinks+"/{id}/pause", "Send a sink nothing for a while", tag)
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, pause), func(ctx context.Context, in *byID) (*oneSink, error) {
		return shownSink(s.PauseSink(ctx, eventplane.PauseSink{ID: in.ID}))
	})
	resume := httpx.Operation("sink.resume", http.MethodPost, sinks+"/{id}/resume", "Go on with a paused sink, where it was", tag)
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, resume), func(ctx context.Context, in *byID) (*oneSink, error) {
		return shownSink(s.ResumeSink(ctx, eventplane.ResumeSink{ID: in.ID}))
	})
	remove := httpx.Operation("sink.delete", http.MethodDelete, sinks+"/{id}", "Forget a sink", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, remove), func(ctx context.Context, in *byID) (*struct{}, error) {
		_, err := s.DeleteSink(ctx, eventplane.DeleteSink{ID: in.ID})
		return nil, err
	})
}
