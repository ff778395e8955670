package judge0http

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// moment is a time as Judge0 writes it.
func moment(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// Judge0Language is one of Judge0's languages, with the version that runs here.
type Judge0Language struct {
	ID         int    `json:"id" example:"71"`
	Name       string `json:"name" example:"Python (3.11.2)" doc:"With the version that really runs."`
	IsArchived *bool  `json:"is_archived,omitempty"`
	SourceFile string `json:"source_file,omitempty" example:"main.py"`
}

func (h handlers) languages(ctx context.Context, _ *struct{}) (*struct{ Body []Judge0Language }, error) {
	runtimes, err := h.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	all := []Judge0Language{}
	for _, o := range judge0.Offers(runtimes) {
		all = append(all, Judge0Language{ID: o.ID, Name: o.Name()})
	}
	return &struct{ Body []Judge0Language }{all}, nil
}

// everyLanguage is each of Judge0's numbers: what cannot run now is archived, under the version that Judge0 has.
func everyLanguage(runtimes []execution.Runtime) []Judge0Language {
	all := []Judge0Language{}
	for _, l := range judge0.Languages() {
		if o, ok := judge0.Find(runtimes, l.ID); ok {
			all = append(all, Judge0Language{ID: l.ID, Name: o.Name(), IsArchived: new(false)})
		} else {
			all = append(all, Judge0Language{ID: l.ID, Name: l.Name(), IsArchived: new(true)})
		}
	}
	return all
}

func (h handlers) language(ctx context.Context, in *struct {
	ID int `path:"id" minimum:"1" maximum:"100000"`
},
) (*struct{ Body Judge0Language }, error) {
	runtimes, err := h.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	o, ok := judge0.Find(runtimes, in.ID)
	if !ok {
		return nil, refuse(fault.New(fault.NotFound, "judge0.no_language", "No node has a language for number %d now.", in.ID))
	}
	return &struct{ Body Judge0Language }{Judge0Language{ID: o.ID, Name: o.Name(), IsArchived: new(false), SourceFile: o.Runtime.FileName}}, nil
}

func (h handlers) statuses(ctx context.Context, _ *struct{}) (*struct{ Body []Judge0Status }, error) {
	if _, err := h.catalogue(ctx); err != nil { // whoever may list languages may list statuses
		return nil, err
	}
	var all []Judge0Status
	for _, s := range judge0.Statuses() {
		all = append(all, Judge0Status{int(s), s.String()})
	}
	return &struct{ Body []Judge0Status }{all}, nil
}

// Judge0About says what answers. The version is that of Judge0's API: clients choose numbers of languages by it.
type Judge0About struct {
	Version    string `json:"version" example:"1.13.1"`
	Homepage   string `json:"homepage"`
	SourceCode string `json:"source_code"`
	Maintainer string `json:"maintainer"`
}

func (h handlers) about(ctx context.Context, _ *struct{}) (*struct{ Body Judge0About }, error) {
	if _, err := h.catalogue(ctx); err != nil {
		return nil, err
	}
	return &struct{ Body Judge0About }{Judge0About{"1.13.1", "/docs/coming-from", "https://github.com/stoa-cloud/stoa", "Stoa"}}, nil
}

// Judge0Config is what applies to the caller, in Judge0's words: seconds and kilobytes.
type Judge0Config struct {
	MaintenanceMode        bool     `json:"maintenance_mode"`
	EnableWaitResult       bool     `json:"enable_wait_result"`
	EnableCompilerOptions  bool     `json:"enable_compiler_options"`
	LanguagesWithOptions   []string `json:"allowed_languages_for_compile_options"`
	EnableArguments        bool     `json:"enable_command_line_arguments"`
	EnableDelete           bool     `json:"enable_submission_delete"`
	EnableCallbacks        bool     `json:"enable_callbacks"`
	CallbacksMaxTries      int      `json:"callbacks_max_tries"`
	CallbacksTimeout       float64  `json:"callbacks_timeout"`
	EnableFiles            bool     `json:"enable_additional_files"`
	MaxQueueSize           int64    `json:"max_queue_size" doc:"The caller's own."`
	CPUTimeLimit           float64  `json:"cpu_time_limit"`
	MaxCPUTimeLimit        float64  `json:"max_cpu_time_limit"`
	CPUExtraTime           float64  `json:"cpu_extra_time"`
	MaxCPUExtraTime        float64  `json:"max_cpu_extra_time"`
	WallTimeLimit          float64  `json:"wall_time_limit"`
	MaxWallTimeLimit       float64  `json:"max_wall_time_limit"`
	MemoryLimit            int64    `json:"memory_limit"`
	MaxMemoryLimit         int64    `json:"max_memory_limit"`
	StackLimit             int64    `json:"stack_limit"`
	MaxStackLimit          int64    `json:"max_stack_limit"`
	MaxProcesses           int64    `json:"max_processes_and_or_threads"`
	MaxMaxProcesses        int64    `json:"max_max_processes_and_or_threads"`
	PerProcessTime         bool     `json:"enable_per_process_and_thread_time_limit"`
	AllowPerProcessTime    bool     `json:"allow_enable_per_process_and_thread_time_limit"`
	PerProcessMemory       bool     `json:"enable_per_process_and_thread_memory_limit"`
	AllowPerProcessMemory  bool     `json:"allow_enable_per_process_and_thread_memory_limit"`
	MaxFileSize            int64    `json:"max_file_size"`
	MaxMaxFileSize         int64    `json:"max_max_file_size"`
	NumberOfRuns           int      `json:"number_of_runs"`
	MaxNumberOfRuns        int      `json:"max_number_of_runs"`
	RedirectStderr         bool     `json:"redirect_stderr_to_stdout"`
	MaxExtractSize         int64    `json:"max_extract_size"`
	EnableBatches          bool     `json:"enable_batched_submissions"`
	MaxBatch               int64    `json:"max_submission_batch_size"`
	CacheDuration          float64  `json:"submission_cache_duration"`
	DocsAsHomepage         bool     `json:"use_docs_as_homepage"`
	AllowNetwork           bool     `json:"allow_enable_network"`
	EnableNetwork          bool     `json:"enable_network"`
	DisableImplicitEncoded bool     `json:"disable_implicit_base64_encoding"`
}

func (h handlers) config(ctx context.Context, _ *struct{}) (*struct{ Body Judge0Config }, error) {
	all, err := h.limits(ctx, limit.List{})
	if err != nil {
		return nil, refuse(err)
	}
	of := map[string]limit.Value{}
	for _, e := range all {
		of[e.Name] = e.Value
	}
	n := func(name string) int64 { return of[name].Number }
	wall := min(n("execution.timeout.default_ms"), n("execution.timeout.max_ms"))
	memory := min(n("execution.memory.default_bytes"), n("execution.memory.max_bytes"))
	cpu := float64(n("execution.cpu.max_ms")) / 1000
	return &struct{ Body Judge0Config }{Judge0Config{
		EnableWaitResult: true, LanguagesWithOptions: []string{}, EnableArguments: true, EnableDelete: true, EnableCallbacks: true,
		CallbacksMaxTries: judge0.MaxAttempts(), CallbacksTimeout: 30, EnableFiles: true, MaxQueueSize: n("execution.queue.per_user"),
		CPUTimeLimit: min(cpu, 2*float64(wall)/1000), MaxCPUTimeLimit: cpu, MaxCPUExtraTime: cpu,
		WallTimeLimit: float64(wall) / 1000, MaxWallTimeLimit: float64(n("execution.timeout.max_ms")) / 1000,
		MemoryLimit: memory / 1024, MaxMemoryLimit: n("execution.memory.max_bytes") / 1024,
		StackLimit: memory / 1024, MaxStackLimit: n("execution.memory.max_bytes") / 1024,
		MaxProcesses: n("execution.processes.max"), MaxMaxProcesses: n("execution.processes.max"),
		MaxFileSize: n("execution.output.max_bytes") / 1024, MaxMaxFileSize: n("execution.output.max_bytes") / 1024,
		NumberOfRuns: 1, MaxNumberOfRuns: 1, MaxExtractSize: judge0.MaxArchiveBytes / 1024, EnableBatches: true, MaxBatch: min(n("execution.batch.max"), mostTokens),
		AllowNetwork: of["execution.egress.allowed"].Word != "none", DisableImplicitEncoded: true,
	}}, nil
}

// Judge0System is what there is to run on. What the machines are made of is their operator's to know.
type Judge0System struct {
	Product   string `json:"product"`
	Runtimes  int    `json:"runtimes" doc:"How many can run now."`
	Languages int    `json:"languages" doc:"How many of Judge0's numbers can run now."`
}

func (h handlers) system(ctx context.Context, _ *struct{}) (*struct{ Body Judge0System }, error) {
	runtimes, err := h.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	out := Judge0System{Product: "Stoa", Languages: len(judge0.Offers(runtimes))}
	for _, r := range runtimes {
		if r.Nodes > 0 {
			out.Runtimes++
		}
	}
	return &struct{ Body Judge0System }{out}, nil
}

// Judge0Workers is the queue as Judge0 shows it. Slots that are free are not counted: nodes hold them.
type Judge0Workers struct {
	Queue     string `json:"queue"`
	Size      int    `json:"size" doc:"Executions that wait."`
	Available int    `json:"available" doc:"Executions under way: each has a worker of its own."`
	Idle      int    `json:"idle"`
	Working   int    `json:"working"`
	Paused    int    `json:"paused"`
}

func (h handlers) workers(ctx context.Context, _ *struct{}) (*struct{ Body []Judge0Workers }, error) {
	q, err := h.executions.Queue(ctx, struct{}{})
	if err != nil {
		return nil, refuse(err)
	}
	return &struct{ Body []Judge0Workers }{[]Judge0Workers{{Queue: "default", Size: q.Queued, Available: q.Active, Working: q.Active}}}, nil
}
