package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// budget is architecture.md's, in ms at one client.
var budget = []struct {
	hop string
	ms  float64
}{
	{"HTTP, credential, permission", 0.4},
	{"submit, committed", 1.4},
	{"to the agent and back", 0.2},
	{"run in the sandbox", 1.5},
	{"result, committed", 1.6},
	{"answer", 0.2},
}

// showHops tells where the milliseconds of one run go, from what the system says
// anyway: created_at and ended_at are the begins of its two transactions,
// command_duration_seconds their durations, usage.wall_ms is the sandbox's. Client,
// control plane and agent share this machine's clock.
func showHops(ctx context.Context, o options) error {
	runtime, err := pythonOf(ctx, o)
	if err != nil {
		return err
	}
	in, err := install(ctx, o.bin)
	if err != nil {
		return err
	}
	defer in.stop()
	if err := in.warm(ctx, runtime); err != nil {
		return err
	}
	before, err := in.durations(ctx)
	if err != nil {
		return err
	}
	var total, arrive, between, wall, leave []float64 // ms
	for began := time.Now(); time.Since(began) < time.Duration(o.rounds)*o.turn; {
		sent := time.Now()
		e, err := in.run(ctx, runtime)
		if err != nil {
			return err
		}
		got := time.Now()
		total = append(total, since(sent, got))
		arrive = append(arrive, since(sent, e.CreatedAt))
		between = append(between, since(e.CreatedAt, e.EndedAt))
		wall = append(wall, e.Usage.WallMS)
		leave = append(leave, since(e.EndedAt, got))
	}
	after, err := in.durations(ctx)
	if err != nil {
		return err
	}
	submit, end := mean(before, after, "execution.submit"), mean(before, after, "execution.end")
	took := []float64{median(arrive), submit, median(between) - submit - median(wall), median(wall), end, median(leave) - end}
	fmt.Fprintf(o.out, "%d runs of print(1), one after the other: p50 %.2f ms\n%-32s %8s %8s\n", len(total), median(total), "", "ms", "budget")
	sum, allowed := 0.0, 0.0
	for i, b := range budget {
		fmt.Fprintf(o.out, "%-32s %8.2f %8.2f\n", b.hop, took[i], b.ms)
		sum, allowed = sum+took[i], allowed+b.ms
	}
	fmt.Fprintf(o.out, "%-32s %8.2f %8.2f\n", "together", sum, allowed)
	fmt.Fprintln(o.out, "Medians; the two transactions are means, which a busy machine stretches at the cost of their neighbours.")
	return nil
}

func since(a, b time.Time) float64 { return float64(b.Sub(a).Microseconds()) / 1000 }

// duration is a histogram's sum, in seconds, and count.
type duration struct{ sum, count float64 }

// durations reads command_duration_seconds of all successful commands, by name.
func (in *installation) durations(ctx context.Context) (map[string]duration, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, in.url+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+in.token)
	response, err := in.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(response.Body)
		return nil, fmt.Errorf("read /metrics: %s: %s", response.Status, said)
	}
	all := map[string]duration{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		of, rest, ok := strings.Cut(lines.Text(), `{name="`)
		name, value, found := strings.Cut(rest, `",outcome="ok"} `)
		if !ok || !found {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, err
		}
		d := all[name]
		switch of {
		case "command_duration_seconds_sum":
			d.sum = n
		case "command_duration_seconds_count":
			d.count = n
		}
		all[name] = d
	}
	return all, lines.Err()
}

// mean is the mean duration of a command between two readings, in ms.
func mean(before, after map[string]duration, name string) float64 {
	return 1000 * (after[name].sum - before[name].sum) / (after[name].count - before[name].count)
}
