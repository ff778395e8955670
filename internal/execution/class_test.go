package execution_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// offering opens a session of a node that runs Python in these classes.
func (w *world) offering(slots int, classes ...string) node.Session {
	w.t.Helper()
	s := node.Session{
		NodeID: ident.New(), Name: "node-" + strings.Join(classes, "-"), Epoch: 1, Slots: slots,
		Runtimes: []node.Runtime{{Name: "python", Version: "3.11.2", FileName: "main.py", Classes: classes}},
	}
	if _, err := w.SessionOpened(w.t.Context(), s, nil, nil); err != nil {
		w.t.Fatalf("open session: %v", err)
	}
	return s
}

func in(class execution.Class) execution.Submit {
	s := hello()
	s.Class = class
	return s
}

// setting values of execution.class.default, as the fixture numbers its words.
const (
	wordAuto = iota
	wordProcess
	wordFresh
	wordGVisor
)

func TestClassIsChosen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offered []string
		asked   execution.Class
		usual   int64
		startMS int64
		never   []string // not allowed
		network bool
		want    execution.Class
		refused string
	}{
		"the fastest by default":                  {offered: []string{"gvisor", "process", "fresh"}, startMS: 5, want: "process"},
		"the strongest within the latency":        {offered: []string{"process", "fresh", "gvisor"}, startMS: 50, want: "fresh"},
		"the strongest at all":                    {offered: []string{"process", "fresh", "gvisor"}, startMS: 1000, want: "gvisor"},
		"nothing is fast enough":                  {offered: []string{"fresh", "gvisor"}, startMS: 5, want: "fresh"},
		"asked for":                               {offered: []string{"process", "gvisor"}, startMS: 5, asked: "gvisor", want: "gvisor"},
		"asked for, not offered":                  {offered: []string{"process", "fresh"}, asked: "gvisor", refused: "execution.class_not_offered"},
		"asked for, not allowed":                  {offered: []string{"process", "fresh"}, asked: "process", never: []string{"process"}, refused: "execution.class_not_allowed"},
		"the automatic choice obeys":              {offered: []string{"process", "fresh"}, startMS: 5, never: []string{"process"}, want: "fresh"},
		"nothing is allowed":                      {offered: []string{"process"}, startMS: 5, never: []string{"process"}, refused: "execution.class_not_allowed"},
		"a default":                               {offered: []string{"process", "fresh", "gvisor"}, usual: wordFresh, startMS: 5, want: "fresh"},
		"a default that is not offered: stronger": {offered: []string{"process", "gvisor"}, usual: wordFresh, startMS: 5, want: "gvisor"},
		"a default that nothing reaches":          {offered: []string{"process", "fresh"}, usual: wordGVisor, refused: "execution.class_not_offered"},
		"asked for, with network":                 {offered: []string{"fresh", "gvisor"}, asked: "gvisor", network: true, want: "gvisor"},
		"the strongest, with network":             {offered: []string{"process", "fresh", "gvisor"}, startMS: 1000, network: true, want: "gvisor"},
		"nodes that do not say":                   {want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.limits["execution.class.default"], w.limits["execution.class.start_ms"] = test.usual, test.startMS
			for _, c := range test.never {
				w.limits["execution.class."+c+".allowed"] = 0
			}
			w.offering(1, test.offered...)
			w.limits["execution.egress.allowed"] = 1
			s := in(test.asked)
			s.Network = test.network
			e, err := w.Submit(w.as(ident.New()), s)
			if test.refused != "" {
				if !fault.Is(err, test.refused) {
					t.Fatalf("got %v, want %s", err, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if e.Class != test.want || e.ClassAsked != test.asked {
				t.Errorf("class %q, asked %q; want %q, %q", e.Class, e.ClassAsked, test.want, test.asked)
			}
			if sent := w.nodes.sent[e.ID].e; sent.Class != test.want {
				t.Errorf("its node was told class %q, want %q", sent.Class, test.want)
			}
		})
	}
}

// Only a node that offers the class gets it, at once or from the queue; who waits hears why.
func TestPlacementKeepsTheClass(t *testing.T) {
	w := newWorld(t)
	strong := w.offering(1, "process", "gvisor")
	w.offering(5, "process")
	user := ident.New()
	first := w.submit(user, in("gvisor"))
	if first.NodeID != strong.NodeID {
		t.Fatalf("placed on %v, want the node that offers gvisor", first.NodeID)
	}
	second := w.submit(user, in("gvisor"))
	w.PullOnce(t.Context())
	if e := w.get(second.ID); e.Status != execution.Queued {
		t.Fatalf("status %s: the other node took it, which has no gvisor", e.Status)
	}
	d, err := w.Get(w.as(user), execution.Get{ID: second.ID})
	if err != nil || d.Waiting.Message != "All 1 slots of the nodes with python@3.11.2 in class gvisor are busy." {
		t.Errorf("waiting says %q, %v", d.Waiting, err)
	}
	result := exited(0)
	result.Class = "gvisor"
	if err := w.end(first, result); err != nil {
		t.Fatal(err)
	}
	if e := w.get(first.ID); e.ClassGiven != "gvisor" {
		t.Errorf("class given is %q", e.ClassGiven)
	}
	w.PullOnce(t.Context())
	if e := w.get(second.ID); e.Status != execution.Scheduled || e.NodeID != strong.NodeID {
		t.Errorf("%s on %v, want scheduled on the strong node", e.Status, e.NodeID)
	}
	w.SessionClosed(t.Context(), strong, "gone")
	third, err := w.Submit(w.as(user), in("gvisor"))
	if err != nil {
		t.Fatalf("the class is known, its node is only away: %v", err)
	}
	d, err = w.Get(w.as(user), execution.Get{ID: third.ID})
	if err != nil || d.Waiting.Message != "None of the 1 connected nodes has python@3.11.2 in class gvisor; they have it in process." {
		t.Errorf("waiting says %q, %v", d.Waiting, err)
	}
	w.checkLoad()
}

func TestRuntimesShowTheirClasses(t *testing.T) {
	w := newWorld(t)
	w.offering(1, "process", "gvisor")
	w.offering(1, "fresh")
	all, err := w.Runtimes(w.as(ident.New()), struct{}{})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d runtimes, %v", len(all), err)
	}
	promises := all[0].Promises()
	if !slices.IsSortedFunc(promises, func(a, b execution.ClassPromise) int { return int(a.StartMS - b.StartMS) }) || len(promises) != 3 {
		t.Errorf("promises %+v, want three, the fastest first", promises)
	}
}

// What an operator says of a runtime holds for who asks for less, for who asks for nothing, and where no node has it.
func TestARuntimesOwnClassIsTheWeakest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offered []string
		own     execution.Class
		asked   execution.Class
		usual   int64
		startMS int64
		want    execution.Class
		refused string
	}{
		"not the fastest":             {offered: []string{"process", "fresh", "gvisor"}, own: "fresh", startMS: 5, want: "fresh"},
		"the strongest still":         {offered: []string{"process", "fresh", "gvisor"}, own: "fresh", startMS: 1000, want: "gvisor"},
		"a weaker default":            {offered: []string{"process", "fresh", "gvisor"}, own: "gvisor", usual: wordFresh, want: "gvisor"},
		"a stronger default":          {offered: []string{"process", "fresh", "gvisor"}, own: "fresh", usual: wordGVisor, want: "gvisor"},
		"stronger where it is absent": {offered: []string{"process", "gvisor"}, own: "fresh", startMS: 5, want: "gvisor"},
		"asked for more":              {offered: []string{"process", "fresh", "gvisor"}, own: "fresh", asked: "gvisor", want: "gvisor"},
		"asked for less":              {offered: []string{"process", "fresh", "gvisor"}, own: "fresh", asked: "process", refused: "execution.class_too_weak"},
		"nothing reaches it":          {offered: []string{"process", "fresh"}, own: "gvisor", startMS: 5, refused: "execution.class_not_offered"},
		"nodes that do not say":       {own: "fresh", refused: "execution.class_not_offered"},
		"taken back":                  {offered: []string{"process", "fresh"}, own: execution.ClassAuto, startMS: 5, want: "process"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.limits["execution.class.default"], w.limits["execution.class.start_ms"] = test.usual, test.startMS
			w.offering(1, test.offered...)
			admin := w.as(ident.New())
			for _, own := range []execution.Class{"gvisor", test.own} { // the second change is one too
				if _, err := w.UpdateRuntime(admin, execution.UpdateRuntime{Runtime: python, Class: &own}); err != nil {
					t.Fatal(err)
				}
			}
			e, err := w.Submit(w.as(ident.New()), in(test.asked))
			if test.refused != "" {
				if !fault.Is(err, test.refused) {
					t.Fatalf("got %v, want %s", err, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if sent := w.nodes.sent[e.ID].e; e.Class != test.want || sent.Class != test.want {
				t.Errorf("class %q, and its node was told %q; want %q", e.Class, sent.Class, test.want)
			}
		})
	}
}

func TestWhatIsSaidOfARuntime(t *testing.T) {
	w := newWorld(t)
	w.offering(2, "process", "fresh", "gvisor")
	admin, fresh := w.as(ident.New()), execution.ClassFresh
	r, err := w.UpdateRuntime(admin, execution.UpdateRuntime{Runtime: python, Class: &fresh, Egress: &[]string{"PyPI.org:443"}})
	if err != nil || r.Class != fresh || !slices.Equal(r.Egress, []string{"pypi.org:443"}) {
		t.Fatalf("said %+v, %v", r, err)
	}
	all, err := w.Runtimes(admin, struct{}{})
	if err != nil || len(all) != 1 || all[0].Class != fresh || len(all[0].Promises()) != 2 || all[0].Promises()[0].Class != fresh {
		t.Errorf("listed as %+v, %v", all, err)
	}
	w.limits["execution.egress.allowed"] = 1 // *:443 and 10.0.0.0/8
	if e := w.submit(ident.New(), hello()); !e.Network || e.Class != fresh {
		t.Errorf("a run has a network: %v, class %s", e.Network, e.Class)
	}
	for name, bad := range map[string]struct {
		in   execution.UpdateRuntime
		code string
	}{
		"no runtime":  {execution.UpdateRuntime{Runtime: "python", Class: &fresh}, "runtime.unknown"},
		"the weakest": {execution.UpdateRuntime{Runtime: python, Class: new(execution.ClassProcess)}, "runtime.class"},
		"no class":    {execution.UpdateRuntime{Runtime: python, Class: new(execution.Class("strong"))}, "runtime.class"},
		"unreadable":  {execution.UpdateRuntime{Runtime: python, Egress: &[]string{"a b"}}, "execution.egress_invalid"},
	} {
		if _, err := w.UpdateRuntime(admin, bad.in); !fault.Is(err, bad.code) {
			t.Errorf("%s: %v, want %s", name, err, bad.code)
		}
	}
	r, err = w.UpdateRuntime(admin, execution.UpdateRuntime{Runtime: python, Egress: &[]string{execution.NoEgress}})
	if err != nil || r.Class != fresh || len(r.Egress) != 0 {
		t.Errorf("without a list %+v, %v", r, err)
	}
	if e := w.submit(ident.New(), hello()); e.Network {
		t.Error("a run has a network still")
	}
}

func TestAnUnknownClassIsInvalid(t *testing.T) {
	err := in("bubble").Validate()
	if !fault.Is(err, "execution.invalid") {
		t.Errorf("got %v", err)
	}
}

func TestARetryAsksForTheSameClass(t *testing.T) {
	w := newWorld(t)
	w.offering(2, "process", "gvisor")
	user := ident.New()
	e := w.submit(user, in("gvisor"))
	if err := w.end(e, exited(1)); err != nil {
		t.Fatal(err)
	}
	again, err := w.Retry(w.as(user), execution.Retry{ID: e.ID})
	if err != nil || again.ClassAsked != "gvisor" || again.Class != "gvisor" {
		t.Errorf("asked %q, class %q, %v", again.ClassAsked, again.Class, err)
	}
}
