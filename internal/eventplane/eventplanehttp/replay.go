package eventplanehttp

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// ReplayEvents says which events are replayed: what is set narrows.
type ReplayEvents struct {
	Types         []string   `json:"types,omitempty" maxItems:"50" example:"execution.completed.v1"`
	Kind          string     `json:"kind,omitempty" maxLength:"64" doc:"The kind of thing that they are about." example:"execution"`
	SubjectID     ident.ID   `json:"subject_id,omitzero" doc:"The very thing that they are about: one execution, say."`
	ProjectID     ident.ID   `json:"project_id,omitzero"`
	ActorID       ident.ID   `json:"actor_id,omitzero"`
	CorrelationID string     `json:"correlation_id,omitempty" maxLength:"128"`
	From          *time.Time `json:"from,omitempty"`
	To            *time.Time `json:"to,omitempty"`
	AfterPosition int64      `json:"after_position,omitempty" minimum:"0" doc:"Only after this place in the log."`
}

// ReplayRequest asks for a replay.
type ReplayRequest struct {
	Name           string       `json:"name,omitempty" maxLength:"200"`
	OrganizationID ident.ID     `json:"organization_id,omitzero" doc:"Makes it this organization's own: of its events only, to a callback or a file, seen and steered by its admins. The platform's own when absent."`
	Events         ReplayEvents `json:"events,omitzero" required:"false"`
	Target         string       `json:"target" enum:"bus,consumer,callback,file" doc:"bus: published under stoa.replay.<id>. consumer: handled again by a consumer that says it is replayable. callback: posted to a URL, signed, as CloudEvents batches. file: kept as JSON lines to download."`
	Consumer       string       `json:"consumer,omitempty" maxLength:"100"`
	URL            string       `json:"url,omitempty" maxLength:"2048"`
	Speed          float64      `json:"speed,omitempty" required:"false" minimum:"0" maximum:"100" doc:"0.1 to 100 times as fast as it happened; as fast as the target takes them when absent."`
	Batch          int          `json:"batch,omitempty" minimum:"0" maximum:"1000" doc:"So many at once; 100 when absent."`
	MaxEvents      int64        `json:"max_events,omitempty" minimum:"0" maximum:"1000000" doc:"At most so many; 100000 when absent."`
	SkipErrors     bool         `json:"skip_errors,omitempty" doc:"Go on without what the target does not take."`
	DryRun         bool         `json:"dry_run,omitempty" doc:"Only count. The preview can be started later."`
	Start          bool         `json:"start,omitempty" doc:"At once."`
	StartAt        *time.Time   `json:"start_at,omitempty" doc:"At a time."`
}

func (in ReplayRequest) command() eventplane.CreateReplay {
	or := func(n, usual int64) int64 {
		if n == 0 {
			return usual
		}
		return n
	}
	e := in.Events
	return eventplane.CreateReplay{
		DryRun: in.DryRun, Start: in.Start,
		ReplayAim: eventplane.ReplayAim{
			Name: in.Name, OrganizationID: in.OrganizationID, Types: e.Types, AggregateKind: e.Kind, AggregateID: e.SubjectID, ProjectID: e.ProjectID, ActorID: e.ActorID,
			CorrelationID: e.CorrelationID, From: e.From, To: e.To, AfterPosition: e.AfterPosition,
			MaxEvents: or(in.MaxEvents, 100_000), Batch: int(or(int64(in.Batch), 100)), Target: eventplane.Target(in.Target), Consumer: in.Consumer,
			URL: in.URL, Speed: in.Speed, SkipErrors: in.SkipErrors, StartAt: in.StartAt,
		},
	}
}

// Replay gives events of the log once more.
type Replay struct {
	ID             ident.ID        `json:"id"`
	Name           string          `json:"name,omitempty"`
	OrganizationID ident.ID        `json:"organization_id,omitzero" doc:"Whose own it is; absent: the platform's."`
	Status         string          `json:"status" enum:"preview,scheduled,created,running,paused,completed,failed,cancelled"`
	Reason         string          `json:"reason,omitempty" doc:"Why it failed."`
	Events         ReplayEvents    `json:"events"`
	Target         string          `json:"target" enum:"bus,consumer,callback,file"`
	Consumer       string          `json:"consumer,omitempty"`
	URL            string          `json:"url,omitempty"`
	Speed          float64         `json:"speed,omitempty"`
	Batch          int             `json:"batch"`
	MaxEvents      int64           `json:"max_events"`
	SkipErrors     bool            `json:"skip_errors"`
	Counts         json.RawMessage `json:"counts" doc:"How many of each type there were when it was made."`
	Total          int64           `json:"total" doc:"How many there are to be."`
	Sent           int64           `json:"sent"`
	Failed         int64           `json:"failed" doc:"How many the target did not take."`
	Position       int64           `json:"position" doc:"Up to here of the log it is done."`
	CreatedBy      ident.ID        `json:"created_by,omitzero"`
	CreatedAt      time.Time       `json:"created_at"`
	StartAt        *time.Time      `json:"start_at,omitempty"`
	StartedAt      *time.Time      `json:"started_at,omitempty"`
	EndedAt        *time.Time      `json:"ended_at,omitempty"`
	Secret         string          `json:"secret,omitempty" doc:"Of a new replay to a callback: signs its calls (Standard Webhooks). Shown this once."`
}

func presentReplay(r eventplane.Replay) Replay {
	return Replay{
		ID: r.ID, Name: r.Name, OrganizationID: r.OrganizationID, Status: string(r.Status), Reason: r.Reason, Target: string(r.Target), Consumer: r.Consumer, URL: r.URL,
		Speed: r.Speed, Batch: r.Batch, MaxEvents: r.MaxEvents, SkipErrors: r.SkipErrors, Counts: r.Counts, Total: r.Total, Sent: r.Sent,
		Failed: r.Failed, Position: r.Position, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, StartAt: r.StartAt, StartedAt: r.StartedAt, EndedAt: r.EndedAt,
		Events: ReplayEvents{
			Types: r.Types, Kind: r.AggregateKind, SubjectID: r.AggregateID, ProjectID: r.ProjectID, ActorID: r.ActorID,
			CorrelationID: r.CorrelationID, From: r.From, To: r.To, AfterPosition: r.AfterPosition,
		},
	}
}

type (
	byID struct {
		ID ident.ID `path:"id"`
	}
	oneReplay struct{ Body Replay }
	cursorID  struct {
		Before ident.ID `json:"b"`
	}
)

func shown(r eventplane.Replay, err error) (*oneReplay, error) {
	if err != nil {
		return nil, err
	}
	return &oneReplay{presentReplay(r)}, nil
}

func registerReplays(api huma.API, s *eventplane.Slice) {
	const (
		tag     = "Replays"
		replays = "/api/v1/replays"
	)
	create := httpx.Operation("replay.create", http.MethodPost, replays, "Replay events of the log", tag)
	create.Description = "The copies are marked with stoareplay and keep their ids. No consumer sees them but the one that is named, if it says that it is replayable. " +
		"What happens after the replay was made is not part of it."
	create.DefaultStatus = http.StatusCreated
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, create), func(ctx context.Context, in *struct{ Body ReplayRequest }) (*oneReplay, error) {
		made, err := s.CreateReplay(ctx, in.Body.command())
		if err != nil {
			return nil, err
		}
		out := presentReplay(made.Replay)
		out.Secret = made.Secret.Reveal()
		return &oneReplay{out}, nil
	})
	huma.Register(api, httpx.Operation("replay.list", http.MethodGet, replays, "List replays, newest first", tag),
		func(ctx context.Context, in *struct {
			Status string `query:"status" enum:"preview,scheduled,created,running,paused,completed,failed,cancelled"`
			httpx.Paging
		},
		) (*httpx.List[Replay], error) {
			var at cursorID
			if err := httpx.DecodeCursor(in.Cursor, &at); err != nil {
				return nil, err
			}
			all, err := s.Replays(ctx, eventplane.ListReplays{Status: eventplane.ReplayStatus(in.Status), Before: at.Before, Limit: in.Limit + 1})
			if err != nil {
				return nil, err
			}
			return httpx.Paged(all, in.Limit, func(last eventplane.Replay) any { return cursorID{last.ID} }, presentReplay)
		})
	huma.Register(api, httpx.Operation("replay.get", http.MethodGet, replays+"/{id}", "Get a replay and its progress", tag),
		func(ctx context.Context, in *byID) (*oneReplay, error) {
			return shown(s.Replay(ctx, eventplane.GetReplay{ID: in.ID}))
		})
	file := httpx.Operation("replay.file", http.MethodGet, replays+"/{id}/file", "Download what a replay has written", tag)
	httpx.RegisterRaw(api, file, "application/jsonl", func(ctx context.Context, in *byID) (httpx.Serve, error) {
		r, err := s.ReplayFile(ctx, eventplane.ReplayFile{ID: in.ID})
		if err != nil {
			return nil, err
		}
		return func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Content-Type", "application/jsonl")
			w.Header().Set("Content-Disposition", `attachment; filename="replay-`+r.ID.String()+`.jsonl"`)
			if s.CopyFile(req.Context(), w, r.ID) != nil {
				panic(http.ErrAbortHandler) // the answer has begun: only a broken connection tells that it is not whole
			}
		}, nil
	})
	remove := httpx.Operation("replay.delete", http.MethodDelete, replays+"/{id}", "Forget a replay that is not under way, with its file", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, remove), func(ctx context.Context, in *byID) (*struct{}, error) {
		_, err := s.DeleteReplay(ctx, eventplane.DeleteReplay{ID: in.ID})
		return nil, err
	})
	steer := func(verb, summary string, do func(ctx context.Context, id ident.ID) (eventplane.Replay, error)) {
		op := httpx.Operation("replay."+verb, http.MethodPost, replays+"/{id}/"+verb, summary, tag)
		huma.Register(api, httpx.InGroup(httpx.RateAdmin, op), func(ctx context.Context, in *byID) (*oneReplay, error) { return shown(do(ctx, in.ID)) })
	}
	steer("start", "Start a replay that has not started", func(ctx context.Context, id ident.ID) (eventplane.Replay, error) {
		return s.StartReplay(ctx, eventplane.StartReplay{ID: id})
	})
	steer("pause", "Stop a running replay for a while", func(ctx context.Context, id ident.ID) (eventplane.Replay, error) {
		return s.PauseReplay(ctx, eventplane.PauseReplay{ID: id})
	})
	steer("resume", "Go on with a paused or failed replay", func(ctx context.Context, id ident.ID) (eventplane.Replay, error) {
		return s.ResumeReplay(ctx, eventplane.ResumeReplay{ID: id})
	})
	steer("cancel", "Stop a replay for good", func(ctx context.Context, id ident.ID) (eventplane.Replay, error) {
		return s.CancelReplay(ctx, eventplane.CancelReplay{ID: id})
	})
}
