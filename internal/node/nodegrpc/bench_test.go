package nodegrpc

import (
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// BenchmarkTask is the node's share of one run: from Assign until the sandbox has
// the job, and back until Ended is called.
func BenchmarkTask(b *testing.B) {
	p := start(b, node.Config{})
	p.address = p.link.to // no link between
	m, s := p.join(b)
	source := []byte("print(1)")
	var assign, there, back time.Duration
	for b.Loop() {
		ref := node.TaskRef{Kind: node.KindExecution, ID: ident.New(), Attempt: 1}
		began := time.Now()
		if err := p.Assign(s.NodeID, s.Epoch, node.Task{Ref: ref, Execution: &node.ExecutionSpec{Runtime: "python", Source: source}}); err != nil {
			b.Fatal(err)
		}
		assign += time.Since(began)
		r := <-m.driver.runs
		there += time.Since(began)
		began = time.Now()
		r.out(1, []byte("1\n"))
		r.done <- completed(2, 0)
		<-p.work.ended
		back += time.Since(began)
		for len(p.work.frames) > 0 {
			<-p.work.frames
		}
		for len(p.work.started) > 0 {
			<-p.work.started
		}
	}
	b.ReportMetric(float64(assign.Microseconds())/float64(b.N), "µs-assign")
	b.ReportMetric(float64(there.Microseconds())/float64(b.N), "µs-there")
	b.ReportMetric(float64(back.Microseconds())/float64(b.N), "µs-back")
}
