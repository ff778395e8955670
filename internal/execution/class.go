package execution

import (
	"context"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Class is how strongly a run is kept apart from the host and from other runs.
type Class string

// The classes.
const (
	ClassProcess Class = "process"
	ClassFresh   Class = "fresh"
	ClassGVisor  Class = "gvisor"
)

// ClassPromise is what a class gives, and what it costs.
type ClassPromise struct {
	Class   Class
	StartMS int64 // what it usually adds before the program's first line
	Promise string
}

// classPromises are the classes, the weakest and fastest first.
var classPromises = []ClassPromise{
	{ClassProcess, 2, "Its own namespaces, user, cgroups and system call filter. The interpreter is forked from a warmed one that never ran a program; its address layout is shared with the runs beside it."},
	{ClassFresh, 15, "The same walls, and an interpreter that was started for this run alone."},
	{ClassGVisor, 100, "A kernel of its own in user space: the program's system calls never reach the host's."},
}

// ClassAuto is the value of execution.class.default that leaves the choice to us.
const ClassAuto = "auto"

// Promise finds what a class promises.
func (c Class) Promise() (ClassPromise, bool) {
	i := c.rank()
	if i < 0 {
		return ClassPromise{Class: c}, false
	}
	return classPromises[i], true
}

// lacks refuses a run that asks for what no program of this class gets: a gVisor sandbox
// has no terminal.
func (c Class) lacks(in Submit) error {
	if c == ClassGVisor && in.Terminal != nil {
		return noTerminal(c)
	}
	return nil
}

// rank counts up with strength; -1 is no class.
func (c Class) rank() int {
	return slices.IndexFunc(classPromises, func(p ClassPromise) bool { return p.Class == c })
}

func sortClasses(classes []Class) []Class {
	classes = slices.Clone(classes)
	slices.SortFunc(classes, func(a, b Class) int { return a.rank() - b.rank() })
	return classes
}

func joinClasses(classes []Class) string {
	words := make([]string, len(classes))
	for i, c := range classes {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}

// class decides in which class a run must be placed: the one that was asked for; else
// the scope's default, which is a class or one stronger; else the strongest that starts
// as fast as the scope wants. It is never weaker than the runtime's own, and empty when no
// node says what it offers.
func (s *Slice) class(ctx context.Context, q pg.Querier, who Subject, r Runtime, in Submit) (Class, error) {
	offered := r.offeredClasses()
	if asked := in.Class; asked != "" {
		if asked.rank() < r.Class.rank() {
			return "", fault.New(fault.Invalid, "execution.class_too_weak", "Runs of %s get isolation class %s at least; an operator decided so.", r.ID, r.Class).
				At("body.class", "is weaker than the runtime's own")
		}
		if !slices.Contains(offered, asked) {
			return "", s.notOffered(ctx, q, r, asked, offered)
		}
		if err := asked.lacks(in); err != nil {
			return "", err
		}
		return asked, s.classAllowed(ctx, q, who, asked)
	}
	switch {
	case len(offered) == 0 && r.Class != "":
		return "", s.notOffered(ctx, q, r, r.Class, offered)
	case len(offered) == 0:
		return "", nil
	}
	usual, err := s.limits.Int(ctx, q, "execution.class.default", who)
	if err != nil {
		return "", err
	}
	patience, err := s.limits.Int(ctx, q, "execution.class.start_ms", who)
	if err != nil {
		return "", err
	}
	least := Class(usual.Text())
	var refused error
	chosen := Class("")
	for _, c := range offered { // weakest first
		if least != ClassAuto && c.rank() < least.rank() {
			continue
		}
		if err := c.lacks(in); err != nil {
			if refused == nil {
				refused = err
			}
			continue
		}
		if err := s.classAllowed(ctx, q, who, c); err != nil {
			if refused == nil {
				refused = err
			}
			continue
		}
		p, _ := c.Promise()
		if chosen == "" || least == ClassAuto && p.StartMS <= patience.Int() {
			chosen = c
		}
	}
	switch {
	case chosen != "":
		return chosen, nil
	case refused != nil:
		return "", refused
	default:
		return "", s.notOffered(ctx, q, r, least, offered)
	}
}

func (s *Slice) classAllowed(ctx context.Context, q pg.Querier, who Subject, c Class) error {
	allowed, err := s.limits.Int(ctx, q, "execution.class."+string(c)+".allowed", who)
	if err != nil {
		return err
	}
	if allowed.Int() == 0 {
		return allowed.Refuse("execution.class_not_allowed", "Isolation class %s is not allowed here. An administrator can allow it.", c)
	}
	return nil
}

func (s *Slice) notOffered(ctx context.Context, q pg.Querier, r Runtime, c Class, offered []Class) error {
	there := "No node says which classes it has."
	switch {
	case len(offered) > 0:
		there = "There is " + joinClasses(offered) + "."
	case len(r.Classes) > 0:
		there = "There is " + joinClasses(sortClasses(r.Classes)) + ", and an operator decided that it gets " + string(r.Class) + " at least."
	}
	if c == ClassProcess && r.Image != "" {
		reasons, err := s.store.NotProcess(ctx, q, r.ID, 3)
		if err != nil {
			return err
		}
		if len(reasons) > 0 {
			there += " Node " + strings.Join(reasons, "; node ") + "."
		}
	}
	return fault.New(fault.Invalid, "execution.class_not_offered", "No node runs %s in isolation class %s. %s", r.ID, c, there).
		At("body.class", "is not offered for this runtime")
}
