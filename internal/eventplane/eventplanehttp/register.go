package eventplanehttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Register adds the operations to the API.
func Register(api huma.API, s *eventplane.Slice) {
	registerLetters(api, s)
	registerPolicies(api, s)
	registerReplays(api, s)
	registerSinks(api, s)
}

type lettersInput struct {
	Consumer string   `query:"consumer" maxLength:"100"`
	State    []string `query:"state" maxItems:"5" enum:"pending,scheduled,waiting,retried,discarded" doc:"Only in these states."`
	Type     []string `query:"type,explode" maxItems:"50" doc:"Only of these types of events."`
	Kind     string   `query:"kind" maxLength:"64" doc:"Only about things of this kind." example:"execution"`
	Reason   string   `query:"reason" maxLength:"200" doc:"Only with this in the reason."`
	EventID  ident.ID `query:"event_id" doc:"Only of this event."`
	httpx.Paging
}

type lettersCursor struct {
	After    int64  `json:"a"`
	Consumer string `json:"c"`
}

func registerLetters(api huma.API, s *eventplane.Slice) {
	const (
		tag     = "Dead letters"
		letters = "/api/v1/dead-letters"
	)
	huma.Register(api, httpx.Operation("dead_letter.list", http.MethodGet, letters, "List events that consumers could not handle", tag),
		func(ctx context.Context, in *lettersInput) (*httpx.List[DeadLetter], error) {
			var at lettersCursor
			if err := httpx.DecodeCursor(in.Cursor, &at); err != nil {
				return nil, err
			}
			filter := eventlog.LetterFilter{Consumer: in.Consumer, Statuses: statuses(in.State), Types: in.Type, Subject: in.Kind, Reason: in.Reason}
			if !in.EventID.IsZero() {
				filter.Events = []ident.ID{in.EventID}
			}
			found, err := s.Letters(ctx, eventplane.ListLetters{LetterFilter: filter, After: at.After, AfterConsumer: at.Consumer, Limit: in.Limit + 1})
			if err != nil {
				return nil, err
			}
			return httpx.Paged(found, in.Limit, func(last eventlog.DeadLetter) any { return lettersCursor{last.Position, last.Consumer} }, presentLetter)
		})
	huma.Register(api, httpx.Operation("dead_letter.statistics", http.MethodGet, letters+"/statistics", "Count dead letters, and say whether that is many", tag),
		func(ctx context.Context, _ *struct{}) (*struct{ Body DeadLetterStatistics }, error) {
			st, err := s.Statistics(ctx, struct{}{})
			if err != nil {
				return nil, err
			}
			return &struct{ Body DeadLetterStatistics }{presentStatistics(st)}, nil
		})

	retry := httpx.Operation("dead_letter.retry", http.MethodPost, letters+"/retry", "Try dead letters again", tag)
	retry.Description = "Pending and scheduled ones, with all their attempts before them. What waits behind them follows when they work."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, retry), func(ctx context.Context, in *struct {
		Body struct {
			DeadLetterChoice
			At *time.Time `json:"at,omitempty" doc:"Not before this time; at once when absent."`
		} `nameHint:"RetryDeadLettersRequest"`
	},
	) (*struct{ Body DeadLetterOutcome }, error) {
		return decided(s.Retry(ctx, eventplane.Retry{Choice: in.Body.choice(), At: in.Body.At}))
	})

	discard := httpx.Operation("dead_letter.discard", http.MethodPost, letters+"/discard", "Go on without dead letters", tag)
	discard.Description = "Pending and scheduled ones. The consumer never handles them; what waits behind them gets its turn."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, discard), func(ctx context.Context, in *struct{ Body DeadLetterChoice }) (*struct{ Body DeadLetterOutcome }, error) {
		return decided(s.Discard(ctx, eventplane.Discard{Choice: in.Body.choice()}))
	})
}

func decided(o eventplane.Outcome, err error) (*struct{ Body DeadLetterOutcome }, error) {
	if err != nil {
		return nil, err
	}
	return &struct{ Body DeadLetterOutcome }{presentOutcome(o)}, nil
}

func registerPolicies(api huma.API, s *eventplane.Slice) {
	const (
		tag      = "Dead letters"
		policies = "/api/v1/retry-policies"
	)
	list := httpx.Operation("retry_policy.list", http.MethodGet, policies, "List how failing events are tried again", tag)
	list.Description = "The most exact policy applies: of the consumer and the kind, of the consumer, what the consumer itself says, of the kind, the general one."
	huma.Register(api, list, func(ctx context.Context, _ *struct{}) (*httpx.List[RetryPolicy], error) {
		all, err := s.Policies(ctx, struct{}{})
		if err != nil {
			return nil, err
		}
		return httpx.Listed(all, presentPolicy), nil
	})

	set := httpx.Operation("retry_policy.set", http.MethodPut, policies, "Say how failing events are tried again", tag)
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, set), func(ctx context.Context, in *struct{ Body RetryPolicySet }) (*struct{ Body RetryPolicy }, error) {
		c, err := in.Body.command()
		if err != nil {
			return nil, err
		}
		p, err := s.SetPolicy(ctx, c)
		if err != nil {
			return nil, err
		}
		return &struct{ Body RetryPolicy }{presentPolicy(p)}, nil
	})

	unset := httpx.Operation("retry_policy.clear", http.MethodDelete, policies, "Take a retry policy away", tag)
	unset.Description = "A more general one applies again."
	huma.Register(api, httpx.InGroup(httpx.RateAdmin, unset), func(ctx context.Context, in *struct {
		Consumer string `query:"consumer" maxLength:"100"`
		Kind     string `query:"kind" maxLength:"64"`
	},
	) (*struct{}, error) {
		_, err := s.ClearPolicy(ctx, eventplane.ClearPolicy{Consumer: in.Consumer, Subject: in.Kind})
		return nil, err
	})
}
