package sandbox

import (
	"fmt"
	"maps"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/glob"
)

// prepare checks a job, fills its defaults in, and finds its runtime.
func (d *Driver) prepare(job *Job) (*Runtime, error) {
	rt, err := d.Prepare(job)
	if err != nil {
		return nil, err
	}
	if job.Class == "" {
		job.Class = rt.Classes[0]
	}
	if job.Class != ClassFresh && job.Class != ClassProcess {
		return nil, &JobError{"class", fmt.Sprintf("%q is unknown; there are %q and %q", job.Class, ClassProcess, ClassFresh)}
	}
	return rt, nil
}

// Prepare checks what every class asks of a job, fills its limits in, and finds its runtime.
func (d *Driver) Prepare(job *Job) (*Runtime, error) {
	rt, err := d.runtimeOf(job)
	if err != nil {
		return nil, err
	}
	if err := checkFiles(job.Files, rt.FileName); err != nil {
		return nil, err
	}
	if err := checkStrings("args", job.Args); err != nil {
		return nil, err
	}
	for k := range job.Env {
		if k == "" || strings.ContainsAny(k, "=\x00") {
			return nil, &JobError{"env", fmt.Sprintf("%q is not a variable's name", k)}
		}
	}
	if err := checkStrings("env", environment(rt, job.Env)); err != nil {
		return nil, err
	}
	if a := job.Artefacts; a != nil {
		for _, pattern := range a.Patterns {
			if err := glob.Check(pattern); err != nil {
				return nil, &JobError{"artefacts", fmt.Sprintf("pattern %q: %v", pattern, err)}
			}
		}
	}
	return rt, job.Limits.fill()
}

// runtimeOf finds the job's runtime, or takes the one that it brings.
func (d *Driver) runtimeOf(job *Job) (*Runtime, error) {
	if job.As == nil {
		return d.runtime(job.Runtime)
	}
	rt := *job.As
	rt.ahead, rt.artefact = nil, ""
	if rt.warm == nil { // else Warmable has found that it can be
		rt.Classes = []Class{ClassFresh}
	}
	if len(rt.Command) == 0 || !path.IsAbs(rt.Command[0]) || len(rt.Compile) > 0 && !path.IsAbs(rt.Compile[0]) {
		return nil, &JobError{"runtime", "its commands must be whole paths"}
	}
	if rt.FileName == "" || path.Base(rt.FileName) != rt.FileName || rt.FileName == "." || rt.FileName == ".." {
		return nil, &JobError{"runtime", fmt.Sprintf("%q is no name for its source", rt.FileName)}
	}
	if rt.Path == "" {
		rt.Path = rt.Command[0]
	}
	return &rt, nil
}

// fill takes defaults for what is zero and refuses what makes no sense.
func (l *Limits) fill() error {
	def := DefaultLimits()
	if l.Wall == 0 {
		l.Wall = def.Wall
	}
	if l.CPU == 0 {
		l.CPU = def.CPU
	}
	if l.Processes == 0 {
		l.Processes = def.Processes
	}
	for _, f := range []struct{ v, def *int64 }{
		{&l.MemoryBytes, &def.MemoryBytes},
		{&l.OutputBytes, &def.OutputBytes},
		{&l.DiskBytes, &def.DiskBytes},
		{&l.InodeCount, &def.InodeCount},
	} {
		if *f.v == 0 {
			*f.v = *f.def
		}
	}
	const leastMemory, leastInodes = 4 << 20, 16
	switch {
	case l.Wall < 0 || l.CPU < 0 || l.OutputBytes < 0 || l.DiskBytes < 0 || l.Processes < 0:
		return &JobError{"limits", "a limit is negative"}
	case l.MemoryBytes < leastMemory:
		return &JobError{"limits", fmt.Sprintf("memory must be at least %d bytes", leastMemory)}
	case l.InodeCount < leastInodes:
		return &JobError{"limits", fmt.Sprintf("inodes must be at least %d", leastInodes)}
	case l.Processes > 4096:
		return &JobError{"limits", "processes must be at most 4096"}
	}
	return nil
}

// environment is all that a run sees: nothing of the agent's own.
func environment(rt *Runtime, extra map[string]string) []string {
	env := map[string]string{
		"PATH": path.Dir(rt.Path) + ":/usr/local/bin:/usr/bin:/bin", "HOME": "/box", "TMPDIR": "/tmp", "LANG": "C.UTF-8",
	}
	maps.Copy(env, rt.Env)
	maps.Copy(env, extra)
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	sort.Strings(list)
	return list
}

func seconds(d time.Duration) uint32 {
	return uint32(min((d+time.Second-1)/time.Second, 1<<30))
}
