package stoa

import (
	"encoding/json"
	"time"
)

// Execution is one run of a script.
type Execution struct {
	ID               string       `json:"id"`
	ProjectID        string       `json:"project_id"`
	OrganizationID   string       `json:"organization_id"`
	OwnerID          string       `json:"owner_id"`
	Runtime          string       `json:"runtime"`
	Status           string       `json:"status"`
	Stage            string       `json:"stage"`
	Reason           *Reason      `json:"reason"`
	Priority         string       `json:"priority"`
	Network          bool         `json:"network"`
	QueuePosition    *int         `json:"queue_position"`
	QueueExplanation string       `json:"queue_explanation,omitempty"`
	NodeID           string       `json:"node_id"`
	Attempt          int          `json:"attempt"`
	ExitCode         *int         `json:"exit_code"`
	Signal           string       `json:"signal"`
	Stdout           string       `json:"stdout"`
	Stderr           string       `json:"stderr"`
	StdoutTruncated  bool         `json:"stdout_truncated"`
	StderrTruncated  bool         `json:"stderr_truncated"`
	Limits           *RunLimits   `json:"limits"`
	Usage            *Usage       `json:"usage"`
	CreatedAt        time.Time    `json:"created_at"`
	ScheduledAt      *time.Time   `json:"scheduled_at"`
	StartedAt        *time.Time   `json:"started_at"`
	EndedAt          *time.Time   `json:"ended_at"`
	RetryOf          string       `json:"retry_of"`
	Version          int64        `json:"version"`
	Source           string       `json:"source,omitempty"`
	Stdin            string       `json:"stdin,omitempty"`
	Args             []string     `json:"args,omitempty"`
	Env              StringMap    `json:"env,omitempty"`
	Files            []ScriptFile `json:"files,omitempty"`
}

// StringMap is a map of names to values.
type StringMap = map[string]string

// Reason says why something is in its status.
type Reason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// RunLimits bounds one run; zero means the default.
type RunLimits struct {
	WallMS      int64 `json:"wall_ms,omitempty"`
	CPUMS       int64 `json:"cpu_ms,omitempty"`
	MemoryBytes int64 `json:"memory_bytes,omitempty"`
	Processes   int64 `json:"processes,omitempty"`
	OutputBytes int64 `json:"output_bytes,omitempty"`
	DiskBytes   int64 `json:"disk_bytes,omitempty"`
}

// Usage is what a run's whole process tree used.
type Usage struct {
	WallMS          int64 `json:"wall_ms"`
	CPUMS           int64 `json:"cpu_ms"`
	PeakMemoryBytes int64 `json:"peak_memory_bytes"`
}

// ScriptFile is an extra file beside the script.
type ScriptFile struct {
	Path          string `json:"path"`
	Content       string `json:"content,omitempty"`
	ContentBase64 string `json:"content_base64,omitempty"`
}

// ExecutionInput is what to run.
type ExecutionInput struct {
	Runtime   string       `json:"runtime"`
	Source    string       `json:"source"`
	Stdin     string       `json:"stdin,omitempty"`
	Args      []string     `json:"args,omitempty"`
	Env       StringMap    `json:"env,omitempty"`
	Files     []ScriptFile `json:"files,omitempty"`
	Limits    *RunLimits   `json:"limits,omitempty"`
	Priority  string       `json:"priority,omitempty"`
	Network   bool         `json:"network,omitempty"`
	ProjectID string       `json:"project_id,omitempty"`
}

// Queue is how much waits and runs.
type Queue struct {
	Queued     int            `json:"queued"`
	Running    int            `json:"running"`
	ByPriority map[string]int `json:"by_priority"`
}

// Runtime is one version of a language that some node offers.
type Runtime struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Version  string   `json:"version"`
	Default  bool     `json:"default"`
	FileName string   `json:"file_name"`
	Example  string   `json:"example"`
	Compiled bool     `json:"compiled"`
	Class    string   `json:"class"`
	Nodes    int      `json:"nodes"`
	Aliases  []string `json:"aliases"`
}

// User is a person.
type User struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Credential is how the caller proved who they are.
type Credential struct {
	Kind      string     `json:"kind"`
	ID        string     `json:"id"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// Me is the caller: who, by what credential, and where they belong.
type Me struct {
	User             User             `json:"user"`
	Credential       Credential       `json:"credential"`
	PlatformRoles    []string         `json:"platform_roles"`
	Organizations    []MyOrganization `json:"organizations"`
	Projects         []MyProject      `json:"projects"`
	DefaultProjectID string           `json:"default_project_id"`
}

// MyOrganization is an organization and the caller's role in it.
type MyOrganization struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Slug     string `json:"slug"`
	Role     string `json:"role"`
	Personal bool   `json:"personal"`
}

// MyProject is a project and the caller's role in it.
type MyProject struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Slug           string `json:"slug"`
	OrganizationID string `json:"organization_id"`
	Role           string `json:"role"`
}

// Session is one sign-in of a browser.
type Session struct {
	ID         string     `json:"id"`
	CreatedAt  time.Time  `json:"created_at"`
	LastSeenAt *time.Time `json:"last_seen_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	Current    bool       `json:"current"`
}

// APIToken is an API token, without its secret.
type APIToken struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Scopes     []string   `json:"scopes"`
	ProjectID  string     `json:"project_id"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

// TokenInput is the API token to make.
type TokenInput struct {
	Name          string     `json:"name"`
	Scopes        []string   `json:"scopes,omitempty"`
	ProjectID     string     `json:"project_id,omitempty"`
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	ExpiresInDays int        `json:"expires_in_days,omitempty"`
}

// TokenCreated is a new token and, this once, its secret.
type TokenCreated struct {
	Token  APIToken `json:"token"`
	Secret string   `json:"secret"`
}

// Organization owns projects and nodes.
type Organization struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Slug      string    `json:"slug"`
	Personal  bool      `json:"personal"`
	CreatedAt time.Time `json:"created_at"`
}

// Project owns workloads.
type Project struct {
	ID             string    `json:"id"`
	Name           string    `json:"name"`
	Slug           string    `json:"slug"`
	OrganizationID string    `json:"organization_id"`
	UnitID         string    `json:"unit_id"`
	CreatedAt      time.Time `json:"created_at"`
}

// ProjectInput is the project to make.
type ProjectInput struct {
	Name           string `json:"name"`
	OrganizationID string `json:"organization_id,omitempty"`
	UnitID         string `json:"unit_id,omitempty"`
}

// Member is a user and their role in an organization or project.
type Member struct {
	UserID string `json:"user_id"`
	Email  string `json:"email"`
	Name   string `json:"name"`
	Role   string `json:"role"`
}

// Invitation lets somebody register and join an organization.
type Invitation struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Role      string     `json:"role"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// InvitationCreated is a new invitation and, this once, its link.
type InvitationCreated struct {
	Invitation Invitation `json:"invitation"`
	Link       string     `json:"link"`
}

// Limit is a setting or limit with the value that applies, and whose it is.
type Limit struct {
	Name    string          `json:"name"`
	Kind    string          `json:"kind"`
	Unit    string          `json:"unit"`
	Value   json.RawMessage `json:"value"`
	Default json.RawMessage `json:"default"`
	Scope   string          `json:"scope"`
	Owner   string          `json:"owner"`
	Help    string          `json:"help"`
}

// Node is a machine that runs workloads.
type Node struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Status       string        `json:"status"`
	Cordoned     bool          `json:"cordoned"`
	Address      string        `json:"address"`
	AgentVersion string        `json:"agent_version"`
	OS           string        `json:"os"`
	Arch         string        `json:"arch"`
	Cores        int           `json:"cores"`
	MemoryBytes  int64         `json:"memory_bytes"`
	SlotsTotal   int           `json:"slots_total"`
	SlotsUsed    int           `json:"slots_used"`
	Runtimes     []NodeRuntime `json:"runtimes"`
	Enforcement  []Enforcement `json:"enforcement"`
	EnrolledAt   *time.Time    `json:"enrolled_at"`
	LastSeenAt   *time.Time    `json:"last_seen_at"`
	Reason       string        `json:"reason"`
}

// NodeRuntime is a runtime that a node has.
type NodeRuntime struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Enforcement is one protection of a node's sandbox: how it is done, and whether it holds.
type Enforcement struct {
	Name string `json:"name"`
	How  string `json:"how"`
	OK   bool   `json:"ok"`
}

// EnrollmentInput asks for an enrolment token.
type EnrollmentInput struct {
	Name       string `json:"name,omitempty"`
	TTLSeconds int    `json:"ttl_seconds,omitempty"`
}

// Enrollment is a single-use token for one new node.
type Enrollment struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	Command   string    `json:"command"`
}
