package sandbox

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// told is what the driver's collector says of one metric, by its only label ("" for none).
func told(t *testing.T, d *Driver, name string) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(d)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			label := ""
			for _, l := range m.GetLabel() {
				label = l.GetValue()
			}
			values[label] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return values
}

func TestStartsAreCounted(t *testing.T) {
	d := driver(t)
	if _, err := d.Runtimes(t.Context()); err != nil { // finding them tries each
		t.Fatal(err)
	}
	const starts = "stoa_agent_sandbox_starts_total"
	before := told(t, d, starts)
	run := func(class Class) {
		t.Helper()
		result, err := d.Run(t.Context(), Job{Runtime: "python", Class: class, Source: []byte("print(1)")}, func(Stream, []byte) {})
		if err != nil || result.Outcome != Completed {
			t.Fatalf("%+v, %v", result, err)
		}
	}
	run(ClassFresh)
	if after := told(t, d, starts); after["fresh"] != before["fresh"]+1 {
		t.Errorf("after a fresh run the counts went from %v to %v", before, after)
	}
	run(ClassProcess) // warms one
	d.current.warmer.settle()
	before = told(t, d, starts)
	run(ClassProcess)
	after := told(t, d, starts)
	if after["ready"]+after["forked"] != before["ready"]+before["forked"]+1 {
		t.Errorf("after a run of a warm interpreter the counts went from %v to %v", before, after)
	}
	if parked := told(t, d, "stoa_agent_sandbox_parked"); parked["interpreter"] < 1 {
		t.Errorf("a warm interpreter is not counted: %v", parked)
	}
	if warm := told(t, d, "stoa_agent_sandbox_warm_bytes"); warm[""] < leanBytes {
		t.Errorf("a warm interpreter takes %v bytes", warm[""])
	}
}
