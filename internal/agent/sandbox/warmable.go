package sandbox

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Warmable finds out whether a runtime that jobs bring (Job.As) can have class process in this driver's root: whether its
// command starts an interpreter that can be forked ahead, and does so here, which is tried. If it can, rt has the class from
// then on; else why says what is in the way. The error is ErrClosed, ctx's, or our own fault.
func (d *Driver) Warmable(ctx context.Context, rt *Runtime) (why string, err error) {
	l, options, why := interpreterOf(rt)
	if l == nil {
		return why, nil
	}
	program := rt.Command[0]
	version, err := d.askVersion(ctx, l, program, rt.Env)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, ErrClosed) || errors.Is(err, errGone):
		return "", err
	case err != nil:
		return program + " could not be started: " + lastLine(err.Error()), nil
	case version == "":
		return program + " does not tell its version", nil
	case !l.warms(version):
		return fmt.Sprintf("%s is version %s, and %s", program, version, l.forkable()), nil
	}
	made := *rt
	made.Path, made.Classes = program, []Class{ClassProcess, ClassFresh}
	made.warm = fill(l.warm, program, version, rt.FileName, options)
	if why, err = d.tryWarm(ctx, &made); why == "" && err == nil {
		*rt = made         // what was tried may still be read by who warmed it
		if l.lean != nil { // of the same kind, so not tried too
			rt.lean, rt.suitsLean = fill(l.lean, program, version, rt.FileName, options), l.suitsLean
		}
	}
	return why, err
}

// interpreterOf recognises a command that does nothing but start a known interpreter on the source.
func interpreterOf(rt *Runtime) (l *language, options []string, why string) {
	if len(rt.Compile) > 0 {
		return nil, nil, "its programs are compiled"
	}
	last := len(rt.Command) - 1
	i := slices.IndexFunc(languages, func(l language) bool { return l.called != nil && l.called.MatchString(path.Base(rt.Command[0])) })
	if i < 0 {
		return nil, nil, "only Python, Perl and Ruby can be forked ahead, and its command starts " + path.Base(rt.Command[0])
	}
	l = &languages[i]
	if last < 1 || rt.Command[last] != rt.FileName {
		return nil, nil, "its command is not the interpreter and then the source"
	}
	for _, option := range rt.Command[1:last] {
		if !slices.Contains(l.options, option) {
			return nil, nil, fmt.Sprintf("its command has %q, and a warmed interpreter takes %s", option, orNothing(l.options))
		}
		if option != "-u" { // as good as given: a warmed interpreter writes whole lines at once
			options = append(options, option)
		}
	}
	if rt.FileName != l.file && !l.anyFile {
		return nil, nil, fmt.Sprintf("its source is called %s: a warmed interpreter wants it to be %s", rt.FileName, l.file)
	}
	return l, options, ""
}

func orNothing(options []string) string {
	if len(options) == 0 {
		return "no options"
	}
	return "none but " + strings.Join(options, " ")
}

// forkable says which versions can be forked ahead.
func (l *language) forkable() string {
	if l.warmBelow == "" {
		return "those from " + l.warmFrom + " can be forked ahead"
	}
	return fmt.Sprintf("those from %s and before %s can be forked ahead", l.warmFrom, l.warmBelow)
}

// tryWarm warms an interpreter, runs an empty program in a fork of it, and closes it.
func (d *Driver) tryWarm(ctx context.Context, rt *Runtime) (why string, err error) {
	w, err := d.ward(ctx)
	if err != nil {
		return "", err
	}
	defer w.users.Done()
	z, err := w.nursery.startZygote(rt.warm, environment(rt, nil))
	if err != nil {
		select {
		case <-w.nursery.ended:
			return "", err
		case <-d.closed:
			return "", ErrClosed
		default:
			return rt.Path + " could not be warmed: " + lastLine(err.Error()), nil
		}
	}
	if !w.warmer.adopt(rt, z) {
		z.retire()
		return "", errors.New("no room to warm an interpreter on trial")
	}
	defer w.warmer.forget(rt)
	var words tail
	result, err := d.run(ctx, rt, Job{ID: "trial of " + rt.ID(), Class: ClassProcess, Limits: askLimits()}, func(_ Stream, b []byte) { _, _ = words.Write(b) })
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, ErrClosed):
		return "", err
	case err != nil:
		return rt.Path + " was warmed, and a program in it failed: " + lastLine(err.Error()), nil
	case result.Outcome != Completed || result.Class != ClassProcess:
		return fmt.Sprintf("%s was warmed, and an empty program in it ended as %s: %s", rt.Path, result.Outcome, lastLine(words.String())), nil
	}
	return "", nil
}

// lastLine is where a program's words say what was wrong, bounded.
func lastLine(words string) string {
	words = strings.TrimSpace(words)
	words = words[strings.LastIndexByte(words, '\n')+1:]
	return strings.ToValidUTF8(words[:min(len(words), 200)], "?")
}
