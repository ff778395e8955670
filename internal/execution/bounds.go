package execution

import (
	"context"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// bounds turns what was asked for into what this run gets: defaults where nothing
// was asked, a refusal that names the limit where too much was.
func (s *Slice) bounds(ctx context.Context, q pg.Querier, who Subject, in Submit) (Limits, error) {
	source, err := s.limits.Int(ctx, q, "execution.source.max_chars", who)
	if err != nil {
		return Limits{}, err
	}
	if n := int64(utf8.RuneCountInString(in.Input.Source)); n > source.Int() {
		return Limits{}, source.Refuse("execution.source_too_long", "The source has %d characters; %d are allowed.", n, source.Int())
	}
	got := Limits{}
	for _, b := range []struct {
		asked    int64
		got      *int64
		fallback string // a setting, or empty: the maximum itself
		maximum  string
		what     string
	}{
		{in.Limits.WallMS, &got.WallMS, "execution.timeout.default_ms", "execution.timeout.max_ms", "wall_ms"},
		{in.Limits.CPUMS, &got.CPUMS, "", "execution.cpu.max_ms", "cpu_ms"},
		{in.Limits.MemoryBytes, &got.MemoryBytes, "execution.memory.default_bytes", "execution.memory.max_bytes", "memory_bytes"},
		{in.Limits.Processes, &got.Processes, "", "execution.processes.max", "processes"},
		{in.Limits.OutputBytes, &got.OutputBytes, "", "execution.output.max_bytes", "output_bytes"},
		{in.Limits.DiskBytes, &got.DiskBytes, "", "execution.disk.max_bytes", "disk_bytes"},
	} {
		maximum, err := s.limits.Int(ctx, q, b.maximum, who)
		if err != nil {
			return Limits{}, err
		}
		switch {
		case b.asked < 0:
			return Limits{}, fault.New(fault.Invalid, "execution.invalid", "limits.%s is negative.", b.what).At("body.limits."+b.what, "is negative")
		case b.asked > maximum.Int():
			return Limits{}, maximum.Refuse("execution.limit_too_high", "limits.%s is %d; at most %d is allowed.", b.what, b.asked, maximum.Int())
		case b.asked > 0:
			*b.got = b.asked
			continue
		}
		*b.got = maximum.Int()
		// What waits for people gets all the time that it may have; being idle is what ends it.
		if b.fallback != "" && (b.got != &got.WallMS || !in.wantsInput()) {
			fallback, err := s.limits.Int(ctx, q, b.fallback, who)
			if err != nil {
				return Limits{}, err
			}
			*b.got = min(fallback.Int(), maximum.Int())
		}
	}
	if in.Limits.CPUMS == 0 { // a run can't use more CPU than its cores give it in its wall time
		got.CPUMS = min(got.CPUMS, got.WallMS*cpuPerWall)
	}
	return got, nil
}

// cpuPerWall is how many cores' worth of CPU time a run without a CPU limit of its own gets.
const cpuPerWall = 2
