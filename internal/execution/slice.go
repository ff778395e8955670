package execution

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
)

// Slice is everything that can be asked of executions.
type Slice struct {
	Cancel command.Func[Cancel, Execution]
	Delete command.Func[Delete, struct{}]

	// Reprioritize moves what waits; Waiting shows the queue, ListAll executions over all projects.
	Reprioritize command.Func[Reprioritize, Execution]
	Waiting      command.Func[Waiting, WaitingPage]
	ListAll      command.Func[ListAll, NamedPage]

	UpdateEgress command.Func[UpdateEgress, Execution]

	// Attach begins to follow and to write; Attached tells whether that may go on.
	Attach   command.Func[Attach, Execution]
	Attached command.Func[Get, Details]
	// Recording is what was said, in asciicast v2.
	Recording command.Func[Get, []byte]

	Get        command.Func[Get, Details]
	ReadOutput command.Func[Get, Output]

	Artefacts       command.Func[Get, []Artefact]
	ReadArtefact    command.Func[ReadArtefact, ArtefactContent]
	ArtefactArchive command.Func[Get, []ArtefactContent]

	List     command.Func[List, Page]
	Watch    command.Func[Get, Details]
	Steps    command.Func[Get, []Step]
	Queue    command.Func[struct{}, QueueStats]
	Runtimes command.Func[struct{}, []Runtime]
	// Deliveries tells what was told about one to others, and how that fares.
	Deliveries command.Func[Get, []Delivery]
	// InspectImage asks a registry what an image reference means now.
	InspectImage command.Func[InspectImage, Inspected]
	Examples     command.Func[ListExamples, []Example]
	// RuntimeNodes tells how far nodes are with the images that are runtimes.
	RuntimeNodes command.Func[struct{}, []NodeImage]

	submit  command.Func[Submit, Execution]
	retry   command.Func[Retry, Execution]
	claim   command.Func[claim, Execution]
	begin   command.Func[begin, Execution]
	end     command.Func[End, Execution]
	requeue command.Func[requeue, Execution]
	expire  command.Func[expire, Execution]
	forget  command.Func[forget, struct{}]
	offer   command.Func[offer, struct{}]

	giveInput    command.Func[GiveInput, Given]
	egressReport command.Func[egressReport, struct{}]
	report       command.Func[reportImages, struct{}]

	createRuntime command.Func[CreateRuntime, Runtime]
	updateRuntime command.Func[UpdateRuntime, Runtime]
	removeRuntime command.Func[RemoveRuntime, ident.ID]

	runner    *command.Runner
	store     Store
	files     Files
	limits    Limiter
	projects  command.Projects
	namer     Namer
	told      Deliveries
	nodes     Nodes
	waker     Waker
	live      *Live
	placer    *placer
	catalogue *catalogue
	beginning *beginning
	given     *given
	ends      *ends
	inputs    *inputs
	work      lifecycle.Bell // something may be claimable
	nothing   atomic.Bool    // the last look found an empty queue, and nobody has said otherwise
	log       *slog.Logger
	newID     ident.Source

	observe func(Execution)

	registry     Registry
	keys         Sealer
	imagesWanted lifecycle.Bell // which images nodes are to have may have changed
}

// Needs is what the slice stands on.
type Needs struct {
	Runner   *command.Runner
	Store    Store
	Limits   Limiter
	Projects command.Projects
	Names    Namer
	Told     Deliveries
	Files    Files
	Nodes    Nodes
	Waker    Waker
	Live     *Live
	Log      *slog.Logger
	Registry Registry // nil: oci.Registry
	Keys     Sealer   // seals the passwords of registries
	// Observe is told every execution whose end this process has committed; nil: nobody counts them.
	Observe func(Execution)
}

// New binds the slice's commands and queries.
func New(n Needs) *Slice {
	s := &Slice{
		runner: n.Runner, store: n.Store, limits: n.Limits, projects: n.Projects, namer: n.Names, told: n.Told, nodes: n.Nodes, waker: n.Waker,
		live: n.Live, log: n.Log, newID: n.Runner.NewID, files: n.Files,
		placer: newPlacer(), catalogue: &catalogue{store: n.Store}, work: lifecycle.NewBell(),
		ends: newEnds(), given: newGiven(), inputs: newInputs(),
	}
	s.registry, s.keys, s.imagesWanted = n.Registry, n.Keys, lifecycle.NewBell()
	if s.registry == nil {
		s.registry = oci.Registry{}
	}
	if s.observe = n.Observe; s.observe == nil {
		s.observe = func(Execution) {}
	}
	s.beginning = newBeginning(s)
	s.submit = command.Bind(n.Runner, command.Spec[Submit]{Name: "execution.submit", Scope: s.submitScope}, s.submitExecution)
	s.retry = command.Bind(n.Runner, command.Spec[Retry]{Name: "execution.retry", Scope: scopeOf(s, func(c Retry) ident.ID { return c.ID })}, s.retryExecution)
	s.Cancel = command.Bind(n.Runner, command.Spec[Cancel]{Name: "execution.cancel", Scope: scopeOf(s, func(c Cancel) ident.ID { return c.ID })}, s.cancelExecution)
	s.Reprioritize = command.Bind(n.Runner, command.Spec[Reprioritize]{Name: "execution.reprioritize", Scope: scopeOf(s, func(c Reprioritize) ident.ID { return c.ID })}, s.reprioritizeExecution)
	s.UpdateEgress = command.Bind(n.Runner, command.Spec[UpdateEgress]{Name: "execution.egress.update", Scope: scopeOf(s, func(c UpdateEgress) ident.ID { return c.ID })}, s.updateEgress)
	s.egressReport = command.Bind(n.Runner, command.Spec[egressReport]{Name: "execution.egress.report", Scope: scopeOf(s, func(c egressReport) ident.ID { return c.ID })}, s.reportEgress)
	s.Attach = command.Bind(n.Runner, command.Spec[Attach]{Name: "execution.attach", Scope: scopeOf(s, func(c Attach) ident.ID { return c.ID })}, s.attachExecution)
	s.giveInput = command.Bind(n.Runner, command.Spec[GiveInput]{Name: "execution.input", Scope: scopeOf(s, func(c GiveInput) ident.ID { return c.ID })}, s.acceptInput)
	s.Delete = command.Bind(n.Runner, command.Spec[Delete]{Name: "execution.delete", Scope: scopeOf(s, func(c Delete) ident.ID { return c.ID })}, s.deleteExecution)
	s.claim = command.Bind(n.Runner, command.Spec[claim]{Name: "execution.claim", Scope: scopeOf(s, func(c claim) ident.ID { return c.ID })}, s.claimExecution)
	s.begin = command.Bind(n.Runner, command.Spec[begin]{Name: "execution.begin", Scope: scopeOf(s, func(c begin) ident.ID { return c.ID })}, s.beginExecution)
	s.end = command.Bind(n.Runner, command.Spec[End]{Name: "execution.end", Scope: command.NoScope[End]}, s.endExecution)
	s.requeue = command.Bind(n.Runner, command.Spec[requeue]{Name: "execution.requeue", Scope: scopeOf(s, func(c requeue) ident.ID { return c.ID })}, s.requeueExecution)
	s.forget = command.Bind(n.Runner, command.Spec[forget]{Name: "execution.forget", Scope: scopeOf(s, func(c forget) ident.ID { return c.ID })}, s.forgetExecution)
	s.expire = command.Bind(n.Runner, command.Spec[expire]{Name: "execution.expire", Scope: scopeOf(s, func(c expire) ident.ID { return c.ID })}, s.expireExecution)
	s.offer = command.Bind(n.Runner, command.Spec[offer]{Name: "runtime.offer", Scope: command.NoScope[offer]}, s.offerRuntimes)
	s.report = command.Bind(n.Runner, command.Spec[reportImages]{Name: "runtime.report", Scope: command.NoScope[reportImages]}, s.storeReport)
	s.createRuntime = command.Bind(n.Runner, command.Spec[CreateRuntime]{Name: "runtime.create", Scope: command.NoScope[CreateRuntime]}, s.makeRuntime)
	s.updateRuntime = command.Bind(n.Runner, command.Spec[UpdateRuntime]{Name: "runtime.update", Scope: command.NoScope[UpdateRuntime]}, s.changeRuntime)
	s.removeRuntime = command.Bind(n.Runner, command.Spec[RemoveRuntime]{Name: "runtime.remove", Scope: command.NoScope[RemoveRuntime]}, s.retireRuntime)
	s.bindQueries(n.Runner)
	return s
}

// scopeOf finds an execution's project and owner.
func scopeOf[C any](s *Slice, id func(C) ident.ID) func(context.Context, *command.Tx, C) (command.Scope, error) {
	return func(ctx context.Context, tx *command.Tx, in C) (command.Scope, error) {
		e, err := s.store.Get(ctx, tx, id(in))
		if err != nil {
			return command.Scope{}, command.NotFoundIfNoRows(err)
		}
		return e.scope(), nil
	}
}

func (e *Execution) scope() command.Scope {
	return command.Scope{Organization: e.OrganizationID, Project: e.ProjectID, Owner: e.OwnerID}
}

// subject is whose limits hold for it.
func (e *Execution) subject() Subject {
	return Subject{User: e.OwnerID, Project: e.ProjectID, Organization: e.OrganizationID}
}

// signal says that something may be claimable: work came, or a slot became free.
func (s *Slice) signal() {
	s.nothing.Store(false)
	s.work.Ring()
}

// freed says that a slot became free, which matters only to who waits for one.
func (s *Slice) freed() {
	if !s.nothing.Load() {
		s.signal()
	}
}

// asSystem is the context of what the slice does on its own, cut loose from the caller's deadline.
func (s *Slice) asSystem(ctx context.Context) context.Context {
	return command.AsSystem(context.WithoutCancel(ctx), "execution/"+s.newID().String())
}

// asNode is the context of what a node reports.
func asNode(ctx context.Context, node ident.ID) context.Context {
	return command.WithRequest(context.WithoutCancel(ctx), &command.Request{
		Actor: command.Actor{Kind: command.Agent, ID: node}, CorrelationID: "node/" + node.String(),
	})
}
