package sandbox

import (
	"context"
	"errors"
	"slices"
	"time"
)

// compileLimits bound a compiler: it runs as confined as the program, but with room that the program need not have.
var compileLimits = Limits{
	Wall: 60 * time.Second, CPU: 60 * time.Second, MemoryBytes: 1 << 30, DiskBytes: 256 << 20, Processes: 128,
}

// CompilerLimits are what every compiler may use, whatever the job may; of memory, at least as much as the job.
func CompilerLimits() Limits { return compileLimits }

// mostWords is how much a compiler may say, in bytes, for its work to be kept.
const mostWords = 64 << 10

// compile brings the program into the cell: it runs the compiler, or finds what that made of the same before. It returns
// the files that are still to be written. When the result names no completion, the program does not run.
func (r *run) compile(ctx context.Context, store *compiledStore, rt *Runtime, job *Job, env []string, files []File) ([]File, error) {
	key := store.keyOf(rt, job, env)
	if key != "" {
		if p, ok := store.get(key); ok {
			r.result.Cached, r.result.Outcome = true, Completed
			for _, w := range p.words {
				r.sink.take(w.stream, w.text)
			}
			files = slices.DeleteFunc(files, func(f File) bool { return f.Path == rt.artefact }) // the compiler would have replaced it
			return append(files, File{Path: rt.artefact, Content: p.program, Executable: true}), nil
		}
	}
	limits := compileLimits
	limits.MemoryBytes = max(limits.MemoryBytes, job.Limits.MemoryBytes)
	said := r.sink.record(mostWords)
	if err := r.process(ctx, payload{rt.Compile, env, files}, limits, nil); err != nil {
		return nil, err
	}
	if r.result.Outcome != Completed {
		if r.result.Reason == ReasonNone {
			r.result.Reason = ReasonCompile
		}
		r.result.Compiling = r.result.Reason != ReasonCompile && r.result.Reason != ReasonOutput
		return nil, nil
	}
	words, whole := said()
	if key == "" || !whole {
		return nil, nil
	}
	// Before the program has run, so that it has no part in what is kept.
	program, err := r.emit(ctx, rt.artefact, store.most/compiledShare)
	if err != nil || program == nil {
		return nil, err
	}
	if err := store.put(key, compiledProgram{words, program}); err != nil {
		r.ward.nursery.log.Warn("the next run compiles this program again", "error", err)
	}
	return nil, nil
}

// emit reads a file of the working folder: a process in the cell, confined as the compiler was, writes it to its output.
// So nobody outside opens a path in there. Nil when it is larger than most, or no plain file.
func (r *run) emit(ctx context.Context, name string, most int64) ([]byte, error) {
	var program []byte
	e := &run{ward: r.ward, cell: r.cell}
	e.sink = newSink(most, func(s Stream, p []byte) {
		if s == Stdout {
			program = append(program, p...)
		}
	}, func() { e.kill(ReasonOutput) })
	if err := e.process(ctx, payload{argv: []string{"/stoa/stoa-sandbox", "emit", name}}, compileLimits, nil); err != nil {
		if _, ok := errors.AsType[*setupError](err); ok { // the compiler left no room for one more process
			return nil, nil
		}
		return nil, err
	}
	if cause := e.cause.Load(); cause != nil { // it was killed, and the cell with it
		r.cause.Store(cause)
		r.result.Outcome, r.result.Reason = e.result.Outcome, e.result.Reason
		return nil, nil
	}
	if e.result.Outcome != Completed || e.sink.truncated {
		return nil, nil
	}
	return program, nil
}
