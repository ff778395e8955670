package eventloghttp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

// follower is one stream: who reads, what they may see, and where they are.
type follower struct {
	*Slice
	choice     Choice
	request    *http.Request
	credential httpx.Credential
	actor      command.Actor
	filter     eventlog.Filter
	position   int64 // of the log, that was looked at
	checked    int64 // up to here no event changed what the caller may see
}

const followBatch = 200

// start finds where to begin: after the client's last event, or now. A client
// that is ahead of the log has seen one that a restore took back.
func (f *follower) start(ctx context.Context, lastEventID int64, send func(stream.Frame) error) error {
	head := f.cfg.Tail.Head()
	f.position, f.checked = head, head
	if lastEventID < 0 {
		return nil
	}
	if f.position = lastEventID; lastEventID <= head {
		return nil
	}
	through, err := f.cfg.Tail.Latest(ctx)
	if err != nil {
		return err
	}
	if f.checked = through; lastEventID <= through {
		return nil
	}
	f.position = through
	return send(stream.Frame{ID: strconv.FormatInt(through, 10), Event: "reset", Data: fmt.Appendf(nil, `{"position":%d}`, through)})
}

// run sends what the caller may see, for as long as they may.
func (f *follower) run(ctx context.Context, send func(stream.Frame) error) error {
	again := time.NewTicker(f.cfg.Recheck)
	defer again.Stop()
	for {
		grown, cancel := f.cfg.Tail.Grown()
		more, err := f.forward(ctx, send)
		if err != nil || ctx.Err() != nil {
			cancel()
			return err
		}
		if !more {
			select {
			case <-ctx.Done():
			case <-grown:
			case <-again.C:
				err = f.authorise(ctx)
			}
		}
		cancel()
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// forward sends the next batch, after a look at whether the caller's access has changed.
func (f *follower) forward(ctx context.Context, send func(stream.Frame) error) (more bool, err error) {
	changes, checked, err := f.cfg.Tail.After(ctx, f.checked, followBatch, eventlog.Filter{Types: f.cfg.Access})
	if err != nil {
		return false, err
	}
	f.checked = checked
	if slices.ContainsFunc(changes, f.concerns) {
		actor, err := f.callers.at(ctx, f.checked, f.credential, func(ctx context.Context) (command.Actor, error) {
			return f.cfg.Authenticator.Authenticate(ctx, f.request)
		})
		if err == nil {
			err = f.become(ctx, actor)
		}
		if err != nil {
			return false, err
		}
	}
	entries, through, err := f.cfg.Tail.After(ctx, f.position, followBatch, f.filter)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if err := send(e.Frame()); err != nil {
			return false, err
		}
	}
	more = through > f.position
	f.position = through
	return more, nil
}

// concerns tells whether an event may change what this caller sees.
func (f *follower) concerns(e *eventlog.Entry) bool {
	var who struct {
		UserID ident.ID `json:"user_id"`
	}
	_ = json.Unmarshal(e.Data, &who) // other facts name nobody
	return who.UserID == f.actor.ID || e.AggregateID == f.actor.ID || e.ActorID == f.actor.ID
}

// authorise asks again who the caller is and what they may see. A credential that
// no longer holds ends the stream.
func (f *follower) authorise(ctx context.Context) error {
	actor, err := f.cfg.Authenticator.Authenticate(ctx, f.request)
	if err != nil {
		return err
	}
	return f.become(ctx, actor)
}

// become narrows the stream to what the caller, as they are now, may see.
func (f *follower) become(ctx context.Context, actor command.Actor) error {
	old := command.RequestFrom(ctx)
	ctx = command.WithRequest(ctx, &command.Request{Actor: actor, CorrelationID: old.CorrelationID, RemoteAddress: old.RemoteAddress})
	filter, err := f.follow(ctx, f.choice)
	if err != nil {
		return err
	}
	f.actor, f.filter = actor, filter
	return nil
}
