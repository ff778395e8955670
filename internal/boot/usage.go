package boot

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/execution/executionpg"
	"github.com/stoa-cloud/stoa/internal/file"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/script"
)

// usage is who counts what is used of which limit.
func usage() map[string]limit.Count {
	load := func(choose func(executionpg.Load) int64) limit.Count {
		return func(ctx context.Context, q pg.Querier, who limit.Subject) (int64, bool, error) {
			l, err := executionpg.LoadOf(ctx, q, who.User)
			return choose(l), true, err
		}
	}
	ofProject := func(count func(ctx context.Context, q pg.Querier, project ident.ID) (int64, error)) limit.Count {
		return func(ctx context.Context, q pg.Querier, who limit.Subject) (int64, bool, error) {
			if who.Project.IsZero() {
				return 0, false, nil
			}
			n, err := count(ctx, q, who.Project)
			return n, true, err
		}
	}
	together := func(whose func(limit.Subject) ident.ID) limit.Count {
		return func(ctx context.Context, q pg.Querier, who limit.Subject) (int64, bool, error) {
			if whose(who).IsZero() {
				return 0, false, nil
			}
			n, err := executionpg.Store{}.ActiveIn(ctx, q, whose(who))
			return int64(n), true, err
		}
	}
	return map[string]limit.Count{
		"execution.concurrent":              load(func(l executionpg.Load) int64 { return l.Active }),
		"execution.queue.per_user":          load(func(l executionpg.Load) int64 { return l.Queued }),
		"execution.project.concurrent":      together(func(who limit.Subject) ident.ID { return who.Project }),
		"execution.organization.concurrent": together(func(who limit.Subject) ident.ID { return who.Organization }),
		"script.max":                        ofProject(script.Count),
		"file.project.max_bytes":            ofProject(file.Stored),
	}
}
