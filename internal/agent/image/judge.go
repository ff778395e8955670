package image

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// Verdict says in which classes this node runs one program of an image that is ready.
type Verdict struct {
	Name    string // Program.Name
	Classes []sandbox.Class
	Reason  string // why class process is not among them
}

// judge finds out in which classes wanted programs run: each once, by trying, when its image is ready. Nothing of it is
// asked of the store or of a driver while mu is held.
type judge struct {
	mu      sync.Mutex
	wanted  []Program
	found   map[string]verdict // by Program.key
	working bool
	again   bool
	told    func()
	work    sync.WaitGroup
	closed  bool
}

// verdict is a Verdict, and how its program is forked ahead: nil where it is not.
type verdict struct {
	Verdict
	warmed *sandbox.Runtime
}

// key tells programs apart; two with the same run alike.
func (p Program) key() string { return fmt.Sprintf("%q", p) } // fmt sorts maps

// Keep says which images are wanted, see Store.Keep, and what will run in them.
func (r *Runner) Keep(all []Ref) {
	var programs []Program
	keys := map[string]bool{}
	for _, ref := range all {
		for _, p := range ref.Programs {
			programs = append(programs, p)
			keys[p.key()] = true
		}
	}
	r.judge.mu.Lock()
	r.judge.wanted = programs
	for key := range r.judge.found {
		if !keys[key] {
			delete(r.judge.found, key)
		}
	}
	r.judge.mu.Unlock()
	r.config.Images.Keep(all)
	r.imagesChanged()
}

// Notify names who is told when what Statuses says has changed; f must not block.
func (r *Runner) Notify(f func()) {
	r.judge.mu.Lock()
	r.judge.told = f
	r.judge.mu.Unlock()
	r.config.Images.Notify(r.imagesChanged)
}

func (r *Runner) imagesChanged() {
	r.judge.mu.Lock()
	defer r.judge.mu.Unlock()
	r.judge.again = true
	if !r.judge.working && !r.judge.closed {
		r.judge.working = true
		r.judge.work.Go(r.judgeAll)
	}
	r.judge.told()
}

// Statuses tells how far each wanted image is. It is ready once it is known how something of it runs.
func (r *Runner) Statuses() []Status {
	all := r.config.Images.Statuses()
	r.judge.mu.Lock()
	defer r.judge.mu.Unlock()
	for i := range all {
		s := &all[i]
		if s.State != Ready {
			continue
		}
		programs := 0
		for _, p := range r.judge.wanted {
			if p.Digest != s.Digest {
				continue
			}
			programs++
			if v, ok := r.judge.found[p.key()]; ok {
				s.Runtimes = append(s.Runtimes, v.Verdict)
			}
		}
		if programs > 0 && len(s.Runtimes) == 0 {
			*s = Status{Digest: s.Digest, State: Pulling, Done: 1, Total: 1} // all is here, and is being tried
		}
	}
	return all
}

// judgeAll judges what can be judged, one after the other: it is never urgent.
func (r *Runner) judgeAll() {
	for {
		p, ok := r.unjudged()
		if !ok {
			return
		}
		v := r.try(r.ctx, p)
		r.judge.mu.Lock()
		if r.ctx.Err() == nil {
			r.judge.found[p.key()] = v
			r.judge.told()
		}
		r.judge.mu.Unlock()
	}
}

// unjudged is a program whose image is ready; when there is none, the work is over.
func (r *Runner) unjudged() (Program, bool) {
	for {
		r.judge.mu.Lock()
		r.judge.again = false
		r.judge.mu.Unlock()
		ready := map[string]bool{}
		for _, s := range r.config.Images.Statuses() {
			ready[s.Digest] = s.State == Ready
		}
		r.judge.mu.Lock()
		for _, p := range r.judge.wanted {
			if _, done := r.judge.found[p.key()]; !done && ready[p.Digest] && !r.judge.closed {
				r.judge.mu.Unlock()
				return p, true
			}
		}
		if !r.judge.again || r.judge.closed {
			r.judge.working = false
			r.judge.mu.Unlock()
			return Program{}, false
		}
		r.judge.mu.Unlock()
	}
}

// warming is a driver that can tell whether a runtime can be forked ahead; *sandbox.Driver is one.
type warming interface {
	Warmable(ctx context.Context, rt *sandbox.Runtime) (why string, err error)
}

// try finds out how one program runs here.
func (r *Runner) try(ctx context.Context, p Program) verdict {
	v := verdict{Verdict: Verdict{Name: p.Name, Classes: []sandbox.Class{sandbox.ClassFresh}}}
	if r.config.Runsc != "" {
		v.Classes = append(v.Classes, sandbox.ClassGVisor)
	}
	rt, why, err := r.tryWarm(ctx, p)
	switch {
	case err != nil && ctx.Err() == nil:
		r.config.Log.Warn("not known whether a program of an image can be forked ahead; its runs start fresh", "runtime", p.Name, "error", err)
		v.Reason = "it could not be tried: " + err.Error()
	case err == nil && why == "":
		v.Classes, v.warmed = append([]sandbox.Class{sandbox.ClassProcess}, v.Classes...), rt
	default:
		v.Reason = why
	}
	return v
}

func (r *Runner) tryWarm(ctx context.Context, p Program) (rt *sandbox.Runtime, why string, err error) {
	d, err := r.take(ctx, place{p.Digest, sandbox.ClassFresh})
	if err != nil {
		return nil, "", err
	}
	defer r.give(d)
	if rt, err = p.runtime(d.root); err != nil {
		if refused, ok := errors.AsType[*sandbox.JobError](err); ok {
			return nil, refused.Problem, nil
		}
		return nil, "", err
	}
	w, ok := d.Driver.(warming)
	if !ok {
		return nil, "its driver forks nothing ahead", nil
	}
	why, err = w.Warmable(ctx, rt)
	return rt, why, err
}

// judged is what was found about a program, if anything was.
func (r *Runner) judged(p Program) verdict {
	r.judge.mu.Lock()
	defer r.judge.mu.Unlock()
	return r.judge.found[p.key()]
}

// closeJudge ends what is being tried.
func (r *Runner) closeJudge() {
	r.judge.mu.Lock()
	r.judge.closed = true
	r.judge.mu.Unlock()
	r.stop()
}
