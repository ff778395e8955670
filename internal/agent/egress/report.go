package egress

import "github.com/stoa-cloud/stoa/internal/platform/plain"

// Report is what a run did with its way out.
type Report struct {
	Revision    int64 // of the list in force
	Connections int64 // that were admitted, TCP and UDP
	BytesOut    int64 // from the program
	BytesIn     int64
	Queries     int64 // DNS
	Refused     []Refusal
	RefusedMore int64 // refusals of destinations beyond those
}

// Refusal is a destination that was refused: "203.0.113.9:443", or a name.
type Refusal struct {
	Destination string
	Why         string
	Count       int64
}

const (
	mostRefusals = 32  // destinations that are listed
	mostName     = 300 // characters of one
)

// Report says what has happened so far.
func (l *Link) Report() Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.report
	r.Refused = append([]Refusal{}, r.Refused...)
	return r
}

// refused notes a refusal. A name is as the program asked for it, in bytes of its choice.
// The caller holds l.mu.
func (l *Link) refused(destination, why string) {
	key := Refusal{Destination: plain.Line(destination, mostName), Why: why}
	i, known := l.refusals[key]
	switch {
	case known:
		l.report.Refused[i].Count++
		return
	case len(l.refusals) < mostRefusals:
		l.refusals[key] = len(l.report.Refused)
		key.Count = 1
		l.report.Refused = append(l.report.Refused, key)
	default:
		l.report.RefusedMore++
		return
	}
	l.change()
}

func (l *Link) moved(out, in int64) {
	l.mu.Lock()
	l.report.BytesOut += out
	l.report.BytesIn += in
	l.mu.Unlock()
}
