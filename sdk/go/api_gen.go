// Code generated from api/openapi.yaml by sdk/go/gen. DO NOT EDIT.

package stoa

import (
	"encoding/json"
	"time"
)

// APIToken is part of the API's answers and requests.
type APIToken struct {
	ID         string     `json:"id"` // A UUIDv7.
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	Current    bool       `json:"current"` // The one that asks.
	ExpiresAt  *time.Time `json:"expires_at,omitempty"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"` // To the minute.
	ProjectID  string     `json:"project_id,omitempty"`   // The only project that it reaches, if any.
	Scopes     []string   `json:"scopes"`                 // Commands and queries, or groups of them, that it may issue; empty: all that you may.
}

// AlertReceiveRequest is what alert.receive takes: Take Grafana's alerts.
type AlertReceiveRequest struct {
	Alerts []GrafanaAlert `json:"alerts"`
}

// AlertsReceived is part of the API's answers and requests.
type AlertsReceived struct {
	Alerts int64 `json:"alerts"`
}

// ArtefactList is part of the API's answers and requests.
type ArtefactList struct {
	Items   []ExecutionArtefact `json:"items"`
	Omitted []OmittedArtefact   `json:"omitted"`
}

// AuditRecord is part of the API's answers and requests.
type AuditRecord struct {
	ID             string          `json:"id"` // A UUIDv7.
	Action         string          `json:"action"`
	ActorID        string          `json:"actor_id,omitempty"` // A UUIDv7.
	ActorKind      string          `json:"actor_kind"`
	ActorName      string          `json:"actor_name,omitempty"`      // What they are called today; absent when they are gone. Not in exports.
	Code           string          `json:"code,omitempty"`            // Why, when it was refused.
	CorrelationID  string          `json:"correlation_id"`            // Of the request; the events that it led to bear it too.
	CredentialID   string          `json:"credential_id,omitempty"`   // The session or token that they used.
	Detail         json.RawMessage `json:"detail,omitempty"`          // Ids and numbers that belong to it.
	OrganizationID string          `json:"organization_id,omitempty"` // A UUIDv7.
	Outcome        string          `json:"outcome"`
	ProjectID      string          `json:"project_id,omitempty"` // A UUIDv7.
	RemoteAddress  string          `json:"remote_address,omitempty"`
	TargetID       string          `json:"target_id,omitempty"` // A UUIDv7.
	TargetKind     string          `json:"target_kind,omitempty"`
	Time           time.Time       `json:"time"`
}

// AuthPasskeyRequest is what auth.passkey takes: Sign in with a passkey.
type AuthPasskeyRequest struct {
	Credential map[string]json.RawMessage `json:"credential"` // What navigator.credentials.get gave, as its toJSON says.
}

// AuthRegisterRequest is what auth.register takes: Register, and sign in.
type AuthRegisterRequest struct {
	Name       string `json:"name"`
	Email      string `json:"email"`
	Invitation string `json:"invitation,omitempty"` // The token of an invitation's link.
	Password   string `json:"password"`             // At least as long as the setting identity.password.min_length says.
}

// AuthSecondFactorRequest is what auth.second_factor takes: Sign in, second step: show the second factor.
type AuthSecondFactorRequest struct {
	Code string `json:"code"` // Of the app, or a recovery code.
	Step string `json:"step"` // What the first step answered.
}

// AuthSetPasswordRequest is what auth.set_password takes: Set a password by the link that an operator gave out.
type AuthSetPasswordRequest struct {
	Password string `json:"password"`
	Secret   string `json:"secret"` // The link's token.
}

// AuthSignInRequest is what auth.sign_in takes: Sign in.
type AuthSignInRequest struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// BatchItem is part of the API's answers and requests.
type BatchItem struct {
	Execution *Execution `json:"execution,omitempty"`
	Problem   *Error     `json:"problem,omitempty"`
}

// BusHealth is part of the API's answers and requests.
type BusHealth struct {
	Connected bool `json:"connected"`
	Embedded  bool `json:"embedded"`
}

// CloudEvent is part of the API's answers and requests.
type CloudEvent struct {
	ID               string          `json:"id"`   // A UUIDv7.
	Data             json.RawMessage `json:"data"` // As the type's JSON Schema says.
	Datacontenttype  string          `json:"datacontenttype"`
	Source           string          `json:"source"`
	Specversion      string          `json:"specversion"`
	Stoaactor        string          `json:"stoaactor,omitempty"` // A UUIDv7.
	Stoaactorkind    string          `json:"stoaactorkind"`
	Stoacausation    string          `json:"stoacausation,omitempty"`    // The event that led to this one.
	Stoacorrelation  string          `json:"stoacorrelation,omitempty"`  // Ties together everything that one request led to.
	Stoaorganization string          `json:"stoaorganization,omitempty"` // A UUIDv7.
	Stoaposition     int64           `json:"stoaposition,omitempty"`     // Its place in the log.
	Stoaproject      string          `json:"stoaproject,omitempty"`      // A UUIDv7.
	Stoareplay       string          `json:"stoareplay,omitempty"`       // Of a copy: the replay that made it.
	Stoaversion      int64           `json:"stoaversion"`                // The version that the change gave to its subject.
	Subject          string          `json:"subject"`                    // What it is about: a kind and an id.
	Time             time.Time       `json:"time"`
	Type             string          `json:"type"`
}

// ConsumerState is part of the API's answers and requests.
type ConsumerState struct {
	Name     string `json:"name"`
	Dead     int64  `json:"dead"`
	Lag      int64  `json:"lag"`
	Position int64  `json:"position"`
	Retrying int64  `json:"retrying"`
	Waiting  int64  `json:"waiting"`
}

// CreatedInvitation is part of the API's answers and requests.
type CreatedInvitation struct {
	Invitation Invitation `json:"invitation"`
	Link       string     `json:"link"`   // The console's path for it, below this installation's address.
	Secret     string     `json:"secret"` // What the invited person registers with or accepts; shown once.
}

// CreatedServiceAccount is part of the API's answers and requests.
type CreatedServiceAccount struct {
	Key            ServiceKey     `json:"key"`
	Secret         string         `json:"secret"` // Send it as “Authorization: Bearer …”; shown once.
	ServiceAccount ServiceAccount `json:"service_account"`
}

// CreatedToken is part of the API's answers and requests.
type CreatedToken struct {
	Secret string   `json:"secret"` // Send it as “Authorization: Bearer …”; shown once.
	Token  APIToken `json:"token"`
}

// Credential is part of the API's answers and requests.
type Credential struct {
	ID        string     `json:"id"` // A UUIDv7.
	Name      string     `json:"name,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Kind      string     `json:"kind"` // external: an outside issuer's access token; the id is the identity that it is about.
	Scopes    []string   `json:"scopes,omitempty"`
}

// DatabaseHealth is part of the API's answers and requests.
type DatabaseHealth struct {
	Connections int64   `json:"connections"`
	Embedded    bool    `json:"embedded"`
	InUse       int64   `json:"in_use"`
	RoundTripMS float64 `json:"round_trip_ms"`
	SizeBytes   int64   `json:"size_bytes"`
	Version     string  `json:"version"`
}

// DeadLetter is part of the API's answers and requests.
type DeadLetter struct {
	Reason         string     `json:"reason,omitempty"` // What the consumer said last.
	Attempts       int64      `json:"attempts"`
	ChangedAt      time.Time  `json:"changed_at"`
	Consumer       string     `json:"consumer"`
	CorrelationID  string     `json:"correlation_id,omitempty"`
	EventID        string     `json:"event_id"`                  // A UUIDv7.
	FailedAt       time.Time  `json:"failed_at"`                 // First.
	NextAt         *time.Time `json:"next_at,omitempty"`         // Of a scheduled one.
	OrganizationID string     `json:"organization_id,omitempty"` // A UUIDv7.
	Position       int64      `json:"position"`                  // The event's place in the log.
	ProjectID      string     `json:"project_id,omitempty"`      // A UUIDv7.
	State          string     `json:"state"`                     // pending: given up, somebody must decide. scheduled: tried again at next_at. waiting: behind another one of the same subject. retried: worked in the end. discarded: somebody decided to go on without it.
	Subject        string     `json:"subject"`
	Type           string     `json:"type"`
}

// DeadLetterConsumers is part of the API's answers and requests.
type DeadLetterConsumers struct {
	Consumer string `json:"consumer"`
	Events   int64  `json:"events"`
}

// DeadLetterCount is part of the API's answers and requests.
type DeadLetterCount struct {
	Consumer string    `json:"consumer"`
	Events   int64     `json:"events"`
	Oldest   time.Time `json:"oldest"` // When the oldest failed first.
	State    string    `json:"state"`
	Type     string    `json:"type"`
}

// DeadLetterDiscardRequest is what dead_letter.discard takes: Go on without dead letters.
type DeadLetterDiscardRequest struct {
	Reason       string     `json:"reason,omitempty"` // A part of the reason.
	All          bool       `json:"all,omitempty"`    // Every open one; with nothing else.
	Consumer     string     `json:"consumer,omitempty"`
	EventIds     []string   `json:"event_ids,omitempty"`
	FailedBefore *time.Time `json:"failed_before,omitempty"`
	Kind         string     `json:"kind,omitempty"`  // The kind of thing that the events are about.
	Max          int64      `json:"max,omitempty"`   // At most so many, the oldest first; 1000 when absent.
	Types        []string   `json:"types,omitempty"` // Types of events.
}

// DeadLetterOutcome is part of the API's answers and requests.
type DeadLetterOutcome struct {
	Consumers []DeadLetterConsumers `json:"consumers"`
	Events    int64                 `json:"events"` // How many were decided on.
	More      bool                  `json:"more"`   // As many as one request decides on: there may be more.
}

// DeadLetterRetryRequest is what dead_letter.retry takes: Try dead letters again.
type DeadLetterRetryRequest struct {
	Reason       string     `json:"reason,omitempty"` // A part of the reason.
	All          bool       `json:"all,omitempty"`    // Every open one; with nothing else.
	At           *time.Time `json:"at,omitempty"`     // Not before this time; at once when absent.
	Consumer     string     `json:"consumer,omitempty"`
	EventIds     []string   `json:"event_ids,omitempty"`
	FailedBefore *time.Time `json:"failed_before,omitempty"`
	Kind         string     `json:"kind,omitempty"`  // The kind of thing that the events are about.
	Max          int64      `json:"max,omitempty"`   // At most so many, the oldest first; 1000 when absent.
	Types        []string   `json:"types,omitempty"` // Types of events.
}

// DeadLetterStatistics is part of the API's answers and requests.
type DeadLetterStatistics struct {
	Consumers []string          `json:"consumers"` // Every consumer of the log.
	Counts    []DeadLetterCount `json:"counts"`
	Critical  int64             `json:"critical"` // From so many on the level is critical.
	Level     string            `json:"level"`
	Open      int64             `json:"open"`    // Pending and scheduled ones.
	Warning   int64             `json:"warning"` // From so many on the level is warning.
}

// Device is part of the API's answers and requests.
type Device struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"` // What it calls itself; nobody has checked that.
	Status        string    `json:"status"`
	CreatedAt     time.Time `json:"created_at"`
	ExpiresAt     time.Time `json:"expires_at"`               // When the code stops to hold.
	ExpiresInDays int64     `json:"expires_in_days"`          // How long its token will last.
	RemoteAddress string    `json:"remote_address,omitempty"` // Where it asked from.
	UserAgent     string    `json:"user_agent,omitempty"`
}

// DeviceCodes is part of the API's answers and requests.
type DeviceCodes struct {
	DeviceCode              string `json:"device_code"`               // The program's own; it asks for its token with it.
	ExpiresIn               int64  `json:"expires_in"`                // How long both codes hold, in seconds.
	Interval                int64  `json:"interval"`                  // How many seconds to wait between two questions.
	UserCode                string `json:"user_code"`                 // What the person types.
	VerificationURI         string `json:"verification_uri"`          // Where they type it.
	VerificationURIComplete string `json:"verification_uri_complete"` // The same, with the code filled in.
}

// DeviceDecideRequest is what device.decide takes: Let a program act as you, or refuse it.
type DeviceDecideRequest struct {
	Approve  bool   `json:"approve"`
	UserCode string `json:"user_code"`
}

// DeviceRedeemRequest is what device.redeem takes: Ask for the token of a program that a person signs in.
type DeviceRedeemRequest struct {
	DeviceCode string `json:"device_code"`
}

// DeviceStartRequest is what device.start takes: Ask for a program to be signed in by a person (RFC 8628).
type DeviceStartRequest struct {
	Name          string `json:"name"`                      // What the program calls itself; its token's name.
	ExpiresInDays int64  `json:"expires_in_days,omitempty"` // How long its token shall last.
}

// DeviceToken is part of the API's answers and requests.
type DeviceToken struct {
	AccessToken string   `json:"access_token"`         // The secret, where clients of OAuth look for it.
	ExpiresIn   int64    `json:"expires_in,omitempty"` // How long it lasts, in seconds.
	Secret      string   `json:"secret"`               // Send it as “Authorization: Bearer …”; shown once.
	Token       APIToken `json:"token"`
	TokenType   string   `json:"token_type"`
}

// EditorPreferences is part of the API's answers and requests.
type EditorPreferences struct {
	FontSize    int64  `json:"font_size"` // In pixels.
	LineNumbers bool   `json:"line_numbers"`
	TabSize     int64  `json:"tab_size"` // In columns.
	Theme       string `json:"theme"`    // auto: as the console.
	UseTabs     bool   `json:"use_tabs"` // Indent with tabs rather than spaces.
	WordWrap    bool   `json:"word_wrap"`
}

// EgressRefusal is part of the API's answers and requests.
type EgressRefusal struct {
	Count       int64  `json:"count"`
	Destination string `json:"destination"`
	Why         string `json:"why"`
}

// EmailChange is part of the API's answers and requests.
type EmailChange struct {
	Changed   bool       `json:"changed"`              // Whether the address is yours now; else a code was sent there.
	Email     string     `json:"email"`                // The new address.
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // Until when the code holds.
}

// EventActor is part of the API's answers and requests.
type EventActor struct {
	ActorID   string `json:"actor_id,omitempty"` // Absent of what Stoa did by itself.
	ActorKind string `json:"actor_kind"`
	ActorName string `json:"actor_name,omitempty"` // What a user or service account is called today; absent when they are gone.
	Events    int64  `json:"events"`
}

// EventCount is part of the API's answers and requests.
type EventCount struct {
	Events int64     `json:"events"`
	Hour   time.Time `json:"hour"` // Its beginning, UTC.
	Type   string    `json:"type"`
}

// EventDetails is part of the API's answers and requests.
type EventDetails struct {
	Event    CloudEvent   `json:"event"`
	Related  []CloudEvent `json:"related"`  // What the same request led to elsewhere, oldest first; 50 at most.
	Timeline []CloudEvent `json:"timeline"` // What happened to the same thing, oldest first; 100 at most.
}

// EventType is part of the API's answers and requests.
type EventType struct {
	Name      string          `json:"name"`
	Emitter   string          `json:"emitter"`   // The part of Stoa that says it.
	Example   json.RawMessage `json:"example"`   // Data that the schema admits, with every field.
	Retention string          `json:"retention"` // How long events of this type stay in the log. Stoa deletes none.
	Schema    json.RawMessage `json:"schema"`    // JSON Schema (2020-12) of the data. Within a version fields are only added, so ignore those that you do not know.
	Version   int64           `json:"version"`   // Of the type. Within a version fields are only added; what changes otherwise is another type, with the next version.
}

// EventTypeSummary is part of the API's answers and requests.
type EventTypeSummary struct {
	Name    string `json:"name"`
	Emitter string `json:"emitter"` // The part of Stoa that says it.
	Version int64  `json:"version"` // Of the type. Within a version fields are only added; what changes otherwise is another type, with the next version.
}

// EventlogHealth is part of the API's answers and requests.
type EventlogHealth struct {
	Consumers     []ConsumerState `json:"consumers"`
	DeadLetters   string          `json:"dead_letters"` // How many are open, by the thresholds.
	Head          int64           `json:"head"`
	OldestSeconds float64         `json:"oldest_seconds"`
	Unsequenced   int64           `json:"unsequenced"`
}

// Execution is part of the API's answers and requests.
type Execution struct {
	ID               string                `json:"id"` // A UUIDv7.
	Status           string                `json:"status"`
	Reason           *ExecutionReason      `json:"reason,omitempty"`
	Args             []string              `json:"args,omitempty"`
	Artefacts        []ExecutionArtefact   `json:"artefacts,omitempty"`         // What it left behind; not in lists.
	ArtefactsAsked   []string              `json:"artefacts_asked,omitempty"`   // The patterns of what it is to leave behind.
	ArtefactsOmitted []OmittedArtefact     `json:"artefacts_omitted,omitempty"` // What it was asked to leave behind and did not, and why.
	Attached         []ExecutionAttachment `json:"attached,omitempty"`          // Who follows it now, on every connection; of interactive ones, while they last.
	Attempt          int64                 `json:"attempt"`
	CancelRequested  bool                  `json:"cancel_requested,omitempty"`
	Class            string                `json:"class,omitempty"`       // The isolation class that it must be given; absent when any will do.
	ClassAsked       string                `json:"class_asked,omitempty"` // The isolation class that was asked for.
	ClassGiven       string                `json:"class_given,omitempty"` // How its node ran it: that class, or a stronger one.
	CreatedAt        time.Time             `json:"created_at"`
	Egress           *ExecutionEgress      `json:"egress,omitempty"`
	EndedAt          *time.Time            `json:"ended_at,omitempty"`
	Env              map[string]string     `json:"env,omitempty"`
	ExitCode         *int64                `json:"exit_code,omitempty"`
	Files            []ExecutionFile       `json:"files,omitempty"`
	Interactive      bool                  `json:"interactive,omitempty"` // Whether it can be written to while it runs.
	Limits           ExecutionLimits       `json:"limits"`
	Network          bool                  `json:"network"`
	NodeID           string                `json:"node_id,omitempty"`    // A UUIDv7.
	OrganizationID   string                `json:"organization_id"`      // A UUIDv7.
	OwnerID          string                `json:"owner_id"`             // A UUIDv7.
	OwnerKind        string                `json:"owner_kind,omitempty"` // Absent when the owner was deleted.
	OwnerName        string                `json:"owner_name,omitempty"` // Only in lists over several projects, as the following.
	Priority         string                `json:"priority"`
	ProjectID        string                `json:"project_id"` // A UUIDv7.
	ProjectName      string                `json:"project_name,omitempty"`
	QueueExplanation string                `json:"queue_explanation,omitempty"` // Why it still waits.
	QueuePosition    int64                 `json:"queue_position,omitempty"`    // 1 is next; absent when it does not wait.
	QueueReason      string                `json:"queue_reason,omitempty"`      // The same as a code: owner_limit, project_limit, organization_limit, no_node, no_runtime, no_class, preparing, cordoned, no_sandbox, busy, starting.
	Recorded         bool                  `json:"recorded,omitempty"`          // Whether it is recorded.
	RetryOf          string                `json:"retry_of,omitempty"`          // A UUIDv7.
	Runtime          string                `json:"runtime"`
	ScheduledAt      *time.Time            `json:"scheduled_at,omitempty"`
	Script           *ExecutionScript      `json:"script,omitempty"` // The saved script that it was run from, if it was.
	Signal           string                `json:"signal,omitempty"`
	Source           string                `json:"source,omitempty"` // Only when one execution is asked for, as the following.
	Stage            string                `json:"stage"`            // The word that all kinds of workload share.
	StartedAt        *time.Time            `json:"started_at,omitempty"`
	Stderr           string                `json:"stderr,omitempty"`
	StderrTruncated  bool                  `json:"stderr_truncated,omitempty"`
	Stdin            string                `json:"stdin,omitempty"`
	Stdout           string                `json:"stdout,omitempty"` // What was kept of the output, as text; the exact bytes are at …/stdout.
	StdoutTruncated  bool                  `json:"stdout_truncated,omitempty"`
	Terminal         *ExecutionTerminal    `json:"terminal,omitempty"` // Its size as it was asked for.
	Usage            *ExecutionUsage       `json:"usage,omitempty"`
	Version          int64                 `json:"version"`
}

// ExecutionArtefact is part of the API's answers and requests.
type ExecutionArtefact struct {
	Path   string `json:"path"`   // Relative to the program's folder.
	Sha256 string `json:"sha256"` // Of its content, in hexadecimal.
	Size   int64  `json:"size"`   // In bytes.
}

// ExecutionAttachment is part of the API's answers and requests.
type ExecutionAttachment struct {
	ID     string    `json:"id"` // Of the connection: somebody may have several.
	Name   string    `json:"name,omitempty"`
	Since  time.Time `json:"since"`
	UserID string    `json:"user_id"`       // A UUIDv7.
	Writes bool      `json:"writes"`        // Whether it may write to the program; else it only watches.
	You    bool      `json:"you,omitempty"` // It is this very connection. Only in events.
}

// ExecutionBatchRequest is what execution.batch takes: Run several programs.
type ExecutionBatchRequest struct {
	Executions []ExecutionRequest `json:"executions"`
}

// ExecutionDelivery is part of the API's answers and requests.
type ExecutionDelivery struct {
	ID         string     `json:"id"`               // A callback has its execution's; the others are those of /notifications/deliveries.
	Status     string     `json:"status"`           // A callback is waiting until the execution has ended.
	Reason     string     `json:"reason,omitempty"` // Why the last attempt failed.
	Attempts   int64      `json:"attempts"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Host       string     `json:"host,omitempty"` // Where to; the rest of the address is secret.
	Kind       string     `json:"kind"`
	NextAt     *time.Time `json:"next_at,omitempty"`     // When it is tried next.
	StatusCode int64      `json:"status_code,omitempty"` // Of the last answer; absent when there was none.
	TriedAt    *time.Time `json:"tried_at,omitempty"`    // When the last attempt began.
}

// ExecutionEgress is part of the API's answers and requests.
type ExecutionEgress struct {
	Allow       []string        `json:"allow"`   // Destinations: pypi.org:443, *.example.com, 203.0.113.0/24:5432.
	Applied     bool            `json:"applied"` // Whether its node obeys this list already.
	BytesIn     int64           `json:"bytes_in"`
	BytesOut    int64           `json:"bytes_out"`              // From the program.
	Connections int64           `json:"connections"`            // That were made.
	Refused     []EgressRefusal `json:"refused"`                // The first destinations that were refused.
	RefusedMore int64           `json:"refused_more,omitempty"` // Refusals of destinations beyond those.
}

// ExecutionEgressUpdateRequest is what execution.egress.update takes: Change what an execution may connect to.
type ExecutionEgressUpdateRequest struct {
	Allow []string `json:"allow"` // The whole list; an empty one admits nothing.
}

// ExecutionFile is part of the API's answers and requests.
type ExecutionFile struct {
	Content       string `json:"content,omitempty"`        // Its content, when it is text.
	ContentBase64 string `json:"content_base64,omitempty"` // Its content, when it is not.
	FileID        string `json:"file_id,omitempty"`        // In place of a content: a file that was uploaded to the project. Up to 8 MiB of files together are copied, and shown with their content; more are named.
	Path          string `json:"path"`                     // Relative, inside the program's folder.
	Sha256        string `json:"sha256,omitempty"`         // Of a file that is named: its content's hash, in hexadecimal.
	Size          int64  `json:"size,omitempty"`           // Of a file that is named, in bytes.
}

// ExecutionLimits is part of the API's answers and requests.
type ExecutionLimits struct {
	CPUMS       int64 `json:"cpu_ms,omitempty"`       // CPU time of all its processes, in milliseconds.
	DiskBytes   int64 `json:"disk_bytes,omitempty"`   // What may lie in /box, /tmp and /dev/shm together.
	MemoryBytes int64 `json:"memory_bytes,omitempty"` // Memory of all its processes and files together.
	OutputBytes int64 `json:"output_bytes,omitempty"` // How much output is kept.
	Processes   int64 `json:"processes,omitempty"`    // Processes and threads at once.
	WallMS      int64 `json:"wall_ms,omitempty"`      // Time on the clock, in milliseconds.
}

// ExecutionReason is part of the API's answers and requests.
type ExecutionReason struct {
	Code    string `json:"code"`    // Stable. exit_code, signal, compile_error; memory_limit, process_limit, disk_limit, output_limit, wall_limit, cpu_limit, idle_limit; cancelled; queue_timeout, node_lost, deadline_passed, sandbox_error, task_refused, task_invalid, file_gone, file_unread.
	Message string `json:"message"` // For people; it has the limit's value.
}

// ExecutionReprioritizeRequest is what execution.reprioritize takes: Change the priority of an execution that waits.
type ExecutionReprioritizeRequest struct {
	Priority string `json:"priority"`
}

// ExecutionRequest is what execution.submit takes: Run a program.
type ExecutionRequest struct {
	Args        []string           `json:"args,omitempty"`        // The program's arguments.
	Artefacts   []string           `json:"artefacts,omitempty"`   // Which files of its folder the program leaves behind: patterns such as plot.png, *.csv, out/**. They are listed at …/artefacts once it has ended.
	Class       string             `json:"class,omitempty"`       // Isolation class. Absent: as the settings say (execution.class.default).
	Egress      []string           `json:"egress,omitempty"`      // What the program may connect to, and nothing else: names, *.names, addresses, ranges (CIDR), each with or without a port. Asks for the network by itself. Absent: what the runtime says; "none", alone: nothing, whatever the runtime says.
	Env         map[string]string  `json:"env,omitempty"`         // Environment variables; nothing else of the host's environment is visible.
	Files       []ExecutionFile    `json:"files,omitempty"`       // Extra files in the program's folder.
	Interactive bool               `json:"interactive,omitempty"` // Keep standard input open after stdin, to be written to while the program runs (…/attach, …/stdin).
	Limits      *ExecutionLimits   `json:"limits,omitempty"`
	Network     bool               `json:"network,omitempty"`    // Whether the program may reach the network: without egress, everything that is allowed here. Off unless an administrator allows it.
	Priority    string             `json:"priority,omitempty"`   // At most execution.priority.max. Absent: normal, or that limit where it is lower.
	ProjectID   string             `json:"project_id,omitempty"` // The project to run in; the caller's default when absent.
	Record      bool               `json:"record,omitempty"`     // Keep what is said, with its times (…/recording). Interactive executions only.
	Runtime     string             `json:"runtime,omitempty"`    // A language, with as much of a version as matters: python, python@3, python@3.11.2.
	Script      string             `json:"script,omitempty"`     // A saved script to run, in place of runtime and source: a name in the project, or an id; @2 is its version 2.
	Source      string             `json:"source,omitempty"`     // The program.
	Stdin       string             `json:"stdin,omitempty"`      // What the program reads from its standard input.
	Terminal    *ExecutionTerminal `json:"terminal,omitempty"`   // Give the program a terminal of this size in place of three pipes. It is interactive then, and all output is stdout.
}

// ExecutionScript is part of the API's answers and requests.
type ExecutionScript struct {
	ID      string `json:"id"`   // A UUIDv7.
	Name    string `json:"name"` // That it had then.
	Version int64  `json:"version"`
}

// ExecutionStep is part of the API's answers and requests.
type ExecutionStep struct {
	Name    string    `json:"name"`             // claimed: a node has it. returned: to the queue, since its node was lost. ended: the result is stored, and the node's slot is free.
	Status  string    `json:"status,omitempty"` // Of the end.
	Reason  string    `json:"reason,omitempty"`
	Attempt int64     `json:"attempt,omitempty"`  // 1 for the first.
	EventID string    `json:"event_id,omitempty"` // The event that tells it.
	NodeID  string    `json:"node_id,omitempty"`  // A UUIDv7.
	Time    time.Time `json:"time"`
	Undone  bool      `json:"undone,omitempty"` // It takes back what was done before.
}

// ExecutionTerminal is part of the API's answers and requests.
type ExecutionTerminal struct {
	Columns int64 `json:"columns"`
	Rows    int64 `json:"rows"`
}

// ExecutionUsage is part of the API's answers and requests.
type ExecutionUsage struct {
	CPUMS           float64 `json:"cpu_ms"`
	PeakMemoryBytes int64   `json:"peak_memory_bytes"`
	WallMS          float64 `json:"wall_ms"`
}

// File is part of the API's answers and requests.
type File struct {
	ID             string    `json:"id"`   // A UUIDv7.
	Name           string    `json:"name"` // As it was uploaded first.
	CreatedAt      time.Time `json:"created_at"`
	OrganizationID string    `json:"organization_id"` // A UUIDv7.
	OwnerID        string    `json:"owner_id"`        // Who uploaded it first.
	ProjectID      string    `json:"project_id"`      // A UUIDv7.
	Sha256         string    `json:"sha256"`          // Of its content, in hexadecimal.
	Size           int64     `json:"size"`            // In bytes.
	UploadedAt     time.Time `json:"uploaded_at"`     // When its content was uploaded last.
}

// FileReceived is part of the API's answers and requests.
type FileReceived struct {
	Bytes int64 `json:"bytes"`
}

// GetBatchOutputBody is part of the API's answers and requests.
type GetBatchOutputBody struct {
	Submissions []json.RawMessage `json:"submissions"` // In the order that was asked for; null where there is nothing that the caller sees.
}

// GrafanaAlert is part of the API's answers and requests.
type GrafanaAlert struct {
	Status      string            `json:"status"`
	Annotations map[string]string `json:"annotations,omitempty"` // summary, or description, is the text.
	Fingerprint string            `json:"fingerprint,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"` // alertname is the title; severity is critical, high, warning or info.
	StartsAt    *time.Time        `json:"startsAt,omitempty"`
}

// Health is part of the API's answers and requests.
type Health struct {
	Bus        BusHealth         `json:"bus"`
	Database   DatabaseHealth    `json:"database"`
	Events     EventlogHealth    `json:"events"`
	Modules    []ModuleHealth    `json:"modules"`
	Nodes      []NodeHealth      `json:"nodes"` // How many nodes are in each status.
	Partitions []PartitionHealth `json:"partitions"`
	Ready      bool              `json:"ready"`
	Replica    string            `json:"replica"` // The process that answered.
	StartedAt  time.Time         `json:"started_at"`
	Version    string            `json:"version"`
}

// IdentityProvider is part of the API's answers and requests.
type IdentityProvider struct {
	ID           string                 `json:"id"` // A UUIDv7.
	Name         string                 `json:"name"`
	Audiences    []string               `json:"audiences"`
	ClientID     string                 `json:"client_id"`
	CreatedAt    time.Time              `json:"created_at"`
	Disabled     bool                   `json:"disabled,omitempty"`
	HasSecret    bool                   `json:"has_secret"`
	Issuer       string                 `json:"issuer"`
	LogoutURI    string                 `json:"logout_uri"`   // Where the issuer may tell that somebody signed out there (back-channel logout).
	RedirectURI  string                 `json:"redirect_uri"` // What the issuer must know as the client's redirect URI.
	Registration string                 `json:"registration"`
	Rules        []IdentityProviderRule `json:"rules"`
	ScopeClaim   string                 `json:"scope_claim,omitempty"`
	Scopes       []string               `json:"scopes"`
	Title        string                 `json:"title"`
	TrustsEmail  bool                   `json:"trusts_email"`
	UpdatedAt    time.Time              `json:"updated_at"`
}

// IdentityProviderCheck is part of the API's answers and requests.
type IdentityProviderCheck struct {
	Algorithms            []string `json:"algorithms"`
	AuthorizationEndpoint string   `json:"authorization_endpoint,omitempty"`
	Keys                  int64    `json:"keys"`         // How many of its signing keys Stoa can use.
	NamesItself           bool     `json:"names_itself"` // In its answers (RFC 9207).
	OK                    bool     `json:"ok"`
	Pkce                  bool     `json:"pkce"`              // It says that it knows S256.
	Problem               string   `json:"problem,omitempty"` // Why people could not sign in through it.
	SignOut               bool     `json:"sign_out"`          // Signing out of Stoa offers to sign out there too.
	TellsLogout           bool     `json:"tells_logout"`      // It can tell Stoa when somebody signs out there (back-channel logout).
	TokenEndpoint         string   `json:"token_endpoint,omitempty"`
}

// IdentityProviderCreateRequest is what identity.provider.create takes: Let people sign in through an OpenID Connect issuer.
type IdentityProviderCreateRequest struct {
	Name         string                 `json:"name"`                // Stands in addresses; stays.
	Audiences    []string               `json:"audiences,omitempty"` // The API accepts the issuer's access tokens that are meant for one of these; none when absent.
	ClientID     string                 `json:"client_id"`
	ClientSecret string                 `json:"client_secret,omitempty"` // Kept sealed, never shown. Absent: as it is; a new provider without one is a public client.
	Disabled     bool                   `json:"disabled,omitempty"`      // Nobody signs in through it; disabling ends the sessions that it opened.
	Issuer       string                 `json:"issuer"`                  // Its URL, exactly as it writes it itself; stays.
	Registration string                 `json:"registration,omitempty"`  // Who gets an account: nobody, whom a rule gives a membership (when absent), everybody whom the issuer knows.
	Rules        []IdentityProviderRule `json:"rules,omitempty"`
	ScopeClaim   string                 `json:"scope_claim,omitempty"`  // The claim of access tokens that names the commands and groups that they may use, for instance scope. Absent: everything that the person may do.
	Scopes       []string               `json:"scopes,omitempty"`       // Asked for beside openid; profile and email when absent.
	Title        string                 `json:"title"`                  // Stands on the button.
	TrustsEmail  bool                   `json:"trusts_email,omitempty"` // The issuer's e-mail addresses are true: who has an account's address gets the account.
}

// IdentityProviderRule is part of the API's answers and requests.
type IdentityProviderRule struct {
	Claim          string `json:"claim"`                     // A claim's name, or a path into objects.
	OrganizationID string `json:"organization_id,omitempty"` // May be left out with a project: it is the project's.
	ProjectID      string `json:"project_id,omitempty"`      // Gives the role in this project, and membership of its organization.
	Role           string `json:"role"`
	Value          string `json:"value"` // The claim's value, or one of a list's; * is any.
}

// IdentityProviderTestRequest is what identity.provider.test takes: Ask an issuer what it says about itself, and for its keys.
type IdentityProviderTestRequest struct {
	ID     string `json:"id,omitempty"`     // The issuer of this provider.
	Issuer string `json:"issuer,omitempty"` // Or one that is to become a provider's.
}

// IdentityProviderUpdateRequest is what identity.provider.update takes: Change a provider, all of it but its name and issuer.
type IdentityProviderUpdateRequest struct {
	Audiences    []string               `json:"audiences,omitempty"` // The API accepts the issuer's access tokens that are meant for one of these; none when absent.
	ClientID     string                 `json:"client_id"`
	ClientSecret string                 `json:"client_secret,omitempty"` // Kept sealed, never shown. Absent: as it is; a new provider without one is a public client.
	Disabled     bool                   `json:"disabled,omitempty"`      // Nobody signs in through it; disabling ends the sessions that it opened.
	Registration string                 `json:"registration,omitempty"`  // Who gets an account: nobody, whom a rule gives a membership (when absent), everybody whom the issuer knows.
	Rules        []IdentityProviderRule `json:"rules,omitempty"`
	ScopeClaim   string                 `json:"scope_claim,omitempty"`  // The claim of access tokens that names the commands and groups that they may use, for instance scope. Absent: everything that the person may do.
	Scopes       []string               `json:"scopes,omitempty"`       // Asked for beside openid; profile and email when absent.
	Title        string                 `json:"title"`                  // Stands on the button.
	TrustsEmail  bool                   `json:"trusts_email,omitempty"` // The issuer's e-mail addresses are true: who has an account's address gets the account.
}

// InspectedImage is part of the API's answers and requests.
type InspectedImage struct {
	Bytes     int64    `json:"bytes"`   // Of its layers, as they are sent.
	Command   []string `json:"command"` // What it starts by itself.
	Digest    string   `json:"digest"`
	Env       []string `json:"env"`
	Image     string   `json:"image"`
	Platforms []string `json:"platforms"`
}

// Invitation is part of the API's answers and requests.
type Invitation struct {
	ID             string    `json:"id"` // A UUIDv7.
	CreatedAt      time.Time `json:"created_at"`
	Email          string    `json:"email"`
	ExpiresAt      time.Time `json:"expires_at"`
	InvitedBy      string    `json:"invited_by"`      // A UUIDv7.
	OrganizationID string    `json:"organization_id"` // A UUIDv7.
	Role           string    `json:"role"`
}

// InvitationAcceptRequest is what invitation.accept takes: Accept an invitation.
type InvitationAcceptRequest struct {
	Secret string `json:"secret"` // The link's token.
}

// InvitationCreateRequest is what invitation.create takes: Invite somebody.
type InvitationCreateRequest struct {
	Email string `json:"email"` // Nothing is sent there: pass the link on.
	Role  string `json:"role"`
}

// Judge0About is part of the API's answers and requests.
type Judge0About struct {
	Homepage   string `json:"homepage"`
	Maintainer string `json:"maintainer"`
	SourceCode string `json:"source_code"`
	Version    string `json:"version"`
}

// Judge0BatchRequest is what judge0.batch takes: Run several programs as Judge0 does.
type Judge0BatchRequest struct {
	Submissions []Judge0SubmitRequest `json:"submissions"`
}

// Judge0Config is part of the API's answers and requests.
type Judge0Config struct {
	AllowEnableNetwork                        bool     `json:"allow_enable_network"`
	AllowEnablePerProcessAndThreadMemoryLimit bool     `json:"allow_enable_per_process_and_thread_memory_limit"`
	AllowEnablePerProcessAndThreadTimeLimit   bool     `json:"allow_enable_per_process_and_thread_time_limit"`
	AllowedLanguagesForCompileOptions         []string `json:"allowed_languages_for_compile_options"`
	CallbacksMaxTries                         int64    `json:"callbacks_max_tries"`
	CallbacksTimeout                          float64  `json:"callbacks_timeout"`
	CPUExtraTime                              float64  `json:"cpu_extra_time"`
	CPUTimeLimit                              float64  `json:"cpu_time_limit"`
	DisableImplicitBase64Encoding             bool     `json:"disable_implicit_base64_encoding"`
	EnableAdditionalFiles                     bool     `json:"enable_additional_files"`
	EnableBatchedSubmissions                  bool     `json:"enable_batched_submissions"`
	EnableCallbacks                           bool     `json:"enable_callbacks"`
	EnableCommandLineArguments                bool     `json:"enable_command_line_arguments"`
	EnableCompilerOptions                     bool     `json:"enable_compiler_options"`
	EnableNetwork                             bool     `json:"enable_network"`
	EnablePerProcessAndThreadMemoryLimit      bool     `json:"enable_per_process_and_thread_memory_limit"`
	EnablePerProcessAndThreadTimeLimit        bool     `json:"enable_per_process_and_thread_time_limit"`
	EnableSubmissionDelete                    bool     `json:"enable_submission_delete"`
	EnableWaitResult                          bool     `json:"enable_wait_result"`
	MaintenanceMode                           bool     `json:"maintenance_mode"`
	MaxCPUExtraTime                           float64  `json:"max_cpu_extra_time"`
	MaxCPUTimeLimit                           float64  `json:"max_cpu_time_limit"`
	MaxExtractSize                            int64    `json:"max_extract_size"`
	MaxFileSize                               int64    `json:"max_file_size"`
	MaxMaxFileSize                            int64    `json:"max_max_file_size"`
	MaxMaxProcessesAndOrThreads               int64    `json:"max_max_processes_and_or_threads"`
	MaxMemoryLimit                            int64    `json:"max_memory_limit"`
	MaxNumberOfRuns                           int64    `json:"max_number_of_runs"`
	MaxProcessesAndOrThreads                  int64    `json:"max_processes_and_or_threads"`
	MaxQueueSize                              int64    `json:"max_queue_size"` // The caller's own.
	MaxStackLimit                             int64    `json:"max_stack_limit"`
	MaxSubmissionBatchSize                    int64    `json:"max_submission_batch_size"`
	MaxWallTimeLimit                          float64  `json:"max_wall_time_limit"`
	MemoryLimit                               int64    `json:"memory_limit"`
	NumberOfRuns                              int64    `json:"number_of_runs"`
	RedirectStderrToStdout                    bool     `json:"redirect_stderr_to_stdout"`
	StackLimit                                int64    `json:"stack_limit"`
	SubmissionCacheDuration                   float64  `json:"submission_cache_duration"`
	UseDocsAsHomepage                         bool     `json:"use_docs_as_homepage"`
	WallTimeLimit                             float64  `json:"wall_time_limit"`
}

// Judge0Language is part of the API's answers and requests.
type Judge0Language struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"` // With the version that really runs.
	IsArchived bool   `json:"is_archived,omitempty"`
	SourceFile string `json:"source_file,omitempty"`
}

// Judge0Meta is part of the API's answers and requests.
type Judge0Meta struct {
	CurrentPage int64  `json:"current_page"`
	NextPage    *int64 `json:"next_page"`
	PrevPage    *int64 `json:"prev_page"`
	TotalCount  int64  `json:"total_count"`
	TotalPages  int64  `json:"total_pages"`
}

// Judge0Status is part of the API's answers and requests.
type Judge0Status struct {
	ID          int64  `json:"id"`
	Description string `json:"description"`
}

// Judge0Submission is part of the API's answers and requests.
type Judge0Submission struct {
	Status                   *Judge0Status   `json:"status,omitempty"`
	AdditionalFiles          *string         `json:"additional_files,omitempty"` // Always null: the unpacked files are in the execution.
	CallbackAttempts         *int64          `json:"callback_attempts,omitempty"`
	CallbackError            *string         `json:"callback_error,omitempty"`  // Why the last attempt failed.
	CallbackStatus           *string         `json:"callback_status,omitempty"` // Stoa's own, only when asked for by name: waiting, queued, sending, delivered or failed; null without a callback.
	CommandLineArguments     *string         `json:"command_line_arguments,omitempty"`
	CompileOutput            *string         `json:"compile_output,omitempty"`
	CPUExtraTime             *string         `json:"cpu_extra_time,omitempty"`
	CPUTimeLimit             *string         `json:"cpu_time_limit,omitempty"`
	CreatedAt                *string         `json:"created_at,omitempty"`
	EnableNetwork            *bool           `json:"enable_network,omitempty"`
	Error                    string          `json:"error,omitempty"` // Why the submission itself is not in the answer.
	ExitCode                 *int64          `json:"exit_code,omitempty"`
	ExitSignal               *int64          `json:"exit_signal,omitempty"`
	ExpectedOutput           *string         `json:"expected_output,omitempty"`
	FinishedAt               *string         `json:"finished_at,omitempty"`
	Language                 *Judge0Language `json:"language,omitempty"`
	LanguageID               int64           `json:"language_id,omitempty"`
	MaxFileSize              *int64          `json:"max_file_size,omitempty"`
	MaxProcessesAndOrThreads *int64          `json:"max_processes_and_or_threads,omitempty"`
	Memory                   *int64          `json:"memory,omitempty"` // Kilobytes, at most.
	MemoryLimit              *int64          `json:"memory_limit,omitempty"`
	Message                  *string         `json:"message,omitempty"`
	NumberOfRuns             *int64          `json:"number_of_runs,omitempty"`
	RedirectStderrToStdout   *bool           `json:"redirect_stderr_to_stdout,omitempty"`
	SourceCode               *string         `json:"source_code,omitempty"`
	StartedAt                *string         `json:"started_at,omitempty"`
	StatusID                 int64           `json:"status_id,omitempty"`
	Stderr                   *string         `json:"stderr,omitempty"`
	Stdin                    *string         `json:"stdin,omitempty"`
	Stdout                   *string         `json:"stdout,omitempty"`
	Time                     *string         `json:"time,omitempty"`      // Seconds of CPU.
	Token                    string          `json:"token,omitempty"`     // The execution's id.
	WallTime                 *string         `json:"wall_time,omitempty"` // Seconds on the clock.
	WallTimeLimit            *string         `json:"wall_time_limit,omitempty"`
}

// Judge0SubmitRequest is what judge0.submit takes: Run a program as Judge0 does.
type Judge0SubmitRequest struct {
	AdditionalFiles                      string  `json:"additional_files,omitempty"` // A zip archive in base64, unpacked beside the program.
	CallbackURL                          string  `json:"callback_url,omitempty"`     // Called with PUT and the submission when it has ended.
	CommandLineArguments                 string  `json:"command_line_arguments,omitempty"`
	CompilerOptions                      string  `json:"compiler_options,omitempty"` // Refused: every language is compiled in one way here.
	CPUExtraTime                         float64 `json:"cpu_extra_time,omitempty"`   // How much longer it may live before it is killed; the verdict is the limit's.
	CPUTimeLimit                         float64 `json:"cpu_time_limit,omitempty"`
	EnableNetwork                        bool    `json:"enable_network,omitempty"`                             // Let it reach what the caller's executions may reach.
	EnablePerProcessAndThreadMemoryLimit bool    `json:"enable_per_process_and_thread_memory_limit,omitempty"` // Refused when true, as the one before.
	EnablePerProcessAndThreadTimeLimit   bool    `json:"enable_per_process_and_thread_time_limit,omitempty"`   // Refused when true: limits are for the whole process tree.
	ExpectedOutput                       string  `json:"expected_output,omitempty"`                            // What the program should write. Blanks at the ends of lines do not count.
	LanguageID                           float64 `json:"language_id,omitempty"`                                // Judge0's number of a language, as GET /languages lists them.
	MaxFileSize                          float64 `json:"max_file_size,omitempty"`                              // How much of stdout and stderr is kept, each.
	MaxProcessesAndOrThreads             float64 `json:"max_processes_and_or_threads,omitempty"`
	MemoryLimit                          float64 `json:"memory_limit,omitempty"`
	NumberOfRuns                         float64 `json:"number_of_runs,omitempty"` // 1: a submission is one execution.
	RedirectStderrToStdout               bool    `json:"redirect_stderr_to_stdout,omitempty"`
	SourceCode                           string  `json:"source_code,omitempty"` // The program.
	StackLimit                           float64 `json:"stack_limit,omitempty"` // Accepted: the stack counts as memory.
	Stdin                                string  `json:"stdin,omitempty"`
	WallTimeLimit                        float64 `json:"wall_time_limit,omitempty"`
}

// Judge0System is part of the API's answers and requests.
type Judge0System struct {
	Languages int64  `json:"languages"` // How many of Judge0's numbers can run now.
	Product   string `json:"product"`
	Runtimes  int64  `json:"runtimes"` // How many can run now.
}

// Judge0Workers is part of the API's answers and requests.
type Judge0Workers struct {
	Available int64  `json:"available"` // Executions under way: each has a worker of its own.
	Idle      int64  `json:"idle"`
	Paused    int64  `json:"paused"`
	Queue     string `json:"queue"`
	Size      int64  `json:"size"` // Executions that wait.
	Working   int64  `json:"working"`
}

// Limit is part of the API's answers and requests.
type Limit struct {
	Name           string          `json:"name"`
	Default        json.RawMessage `json:"default"`               // What applies while nobody set anything.
	GlobalOnly     bool            `json:"global_only,omitempty"` // It holds for the whole installation.
	Help           string          `json:"help"`
	Kind           string          `json:"kind"` // setting: the nearest scope wins. limit: the smallest of all scopes applies.
	Max            int64           `json:"max,omitempty"`
	Min            int64           `json:"min,omitempty"`
	OperatorOnly   bool            `json:"operator_only,omitempty"`   // Only operators set it.
	OrganizationID string          `json:"organization_id,omitempty"` // Of a member's value: the organization whose administrators set it.
	Owner          string          `json:"owner,omitempty"`           // The organization, unit, project or user whose value it is.
	Scope          string          `json:"scope"`                     // Whose value it is.
	Set            []LimitScope    `json:"set"`                       // What the scopes around the caller set, innermost first.
	Unit           string          `json:"unit,omitempty"`
	Used           *int64          `json:"used,omitempty"`  // How much of it is used now, where that is counted.
	Value          json.RawMessage `json:"value"`           // What applies.
	Words          []string        `json:"words,omitempty"` // The values in words; those of a limit go from the most to the least.
}

// LimitScope is part of the API's answers and requests.
type LimitScope struct {
	ID             string          `json:"id,omitempty"`              // Of the value: what events and the audit trail know it by.
	OrganizationID string          `json:"organization_id,omitempty"` // A UUIDv7.
	Owner          string          `json:"owner,omitempty"`           // A UUIDv7.
	Scope          string          `json:"scope"`
	SetAt          *time.Time      `json:"set_at,omitempty"`
	Value          json.RawMessage `json:"value"`
}

// LimitSetRequest is what limit.set takes: Set a setting or limit for a scope.
type LimitSetRequest struct {
	OrganizationID string          `json:"organization_id,omitempty"` // Of a member: the organization. No other scope has one.
	Scope          string          `json:"scope"`
	ScopeID        string          `json:"scope_id,omitempty"` // Its id; none when global. Of a member: the user's.
	Value          json.RawMessage `json:"value"`
}

// LinkedIdentity is part of the API's answers and requests.
type LinkedIdentity struct {
	ID         string    `json:"id"` // A UUIDv7.
	CreatedAt  time.Time `json:"created_at"`
	Issuer     string    `json:"issuer"`
	LastUsedAt time.Time `json:"last_used_at"`
	Provider   string    `json:"provider,omitempty"` // Absent: the issuer is no provider here any more.
	Subject    string    `json:"subject"`            // The issuer's name for the person.
	Title      string    `json:"title,omitempty"`
}

// ListOutputBody2 is part of the API's answers and requests.
type ListOutputBody2 struct {
	Meta        Judge0Meta         `json:"meta"`
	Submissions []Judge0Submission `json:"submissions"` // Newest first.
}

// ManagedUser is part of the API's answers and requests.
type ManagedUser struct {
	ID            string     `json:"id"` // A UUIDv7.
	Name          string     `json:"name"`
	Status        string     `json:"status"` // invited: has set no password yet. locked: by an operator.
	CreatedAt     time.Time  `json:"created_at"`
	Email         string     `json:"email"`
	LastSignInAt  *time.Time `json:"last_sign_in_at,omitempty"`
	LockedAt      *time.Time `json:"locked_at,omitempty"`
	LockedReason  string     `json:"locked_reason,omitempty"` // What they are told.
	Note          string     `json:"note,omitempty"`          // Of operators, for operators.
	PlatformRoles []string   `json:"platform_roles"`
	Sessions      int64      `json:"sessions"` // That hold.
	Tokens        int64      `json:"tokens"`
}

// Me is part of the API's answers and requests.
type Me struct {
	Credential       Credential       `json:"credential"`
	DefaultProjectID string           `json:"default_project_id,omitempty"` // A UUIDv7.
	HasPassword      bool             `json:"has_password,omitempty"`       // Whether you can sign in with a password.
	Organizations    []MyOrganization `json:"organizations"`
	PendingEmail     *PendingEmail    `json:"pending_email,omitempty"` // An address that you asked for, until the code that was sent there is given.
	PlatformRoles    []string         `json:"platform_roles"`
	Projects         []MyProject      `json:"projects"`
	User             User             `json:"user"`
}

// MeChangeEmailRequest is what me.change_email takes: Change your e-mail address.
type MeChangeEmailRequest struct {
	Code     string `json:"code,omitempty"` // Of the authenticator app, or a recovery code, of an account without a password.
	Email    string `json:"email"`
	Password string `json:"password,omitempty"` // Of an account that has one.
}

// MeChangePasswordRequest is what me.change_password takes: Change your password; your other sessions end.
type MeChangePasswordRequest struct {
	Current string `json:"current"`
	New     string `json:"new"`
}

// MeConfirmEmailRequest is what me.confirm_email takes: Confirm your new e-mail address by the code that was sent there.
type MeConfirmEmailRequest struct {
	Code string `json:"code"` // Eight digits.
}

// MeLinkIdentityRequest is what me.link_identity takes: Begin to link your account to an issuer; for browsers.
type MeLinkIdentityRequest struct {
	Provider string `json:"provider"`
	ReturnTo string `json:"return_to,omitempty"`
}

// MeUpdateRequest is what me.update takes: Change what you are called.
type MeUpdateRequest struct {
	Name string `json:"name"`
}

// Member is part of the API's answers and requests.
type Member struct {
	Name           string    `json:"name"`
	Email          string    `json:"email,omitempty"`
	JoinedAt       time.Time `json:"joined_at"`
	Role           string    `json:"role"`
	ServiceAccount bool      `json:"service_account,omitempty"`
	UserID         string    `json:"user_id"` // A UUIDv7.
}

// ModuleHealth is part of the API's answers and requests.
type ModuleHealth struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"`
	State string `json:"state"`
}

// MyOrganization is part of the API's answers and requests.
type MyOrganization struct {
	ID       string `json:"id"` // A UUIDv7.
	Name     string `json:"name"`
	Personal bool   `json:"personal"`
	Role     string `json:"role"`
	Slug     string `json:"slug"`
}

// MyProject is part of the API's answers and requests.
type MyProject struct {
	ID             string `json:"id"` // A UUIDv7.
	Name           string `json:"name"`
	OrganizationID string `json:"organization_id"` // A UUIDv7.
	Role           string `json:"role"`            // The effective one: owners and admins of the organization manage its projects.
	Slug           string `json:"slug"`
}

// Node is part of the API's answers and requests.
type Node struct {
	ID           string            `json:"id"` // A UUIDv7.
	Name         string            `json:"name"`
	Status       string            `json:"status"`
	Reason       string            `json:"reason,omitempty"`  // Why it takes no work.
	Address      string            `json:"address,omitempty"` // Where its agent dialled from.
	AgentVersion string            `json:"agent_version,omitempty"`
	Arch         string            `json:"arch,omitempty"`
	Cordoned     bool              `json:"cordoned"` // Nothing new is placed here.
	Cores        int64             `json:"cores"`
	Drained      bool              `json:"drained"`     // It was drained, and nothing runs here any more.
	Enforcement  []NodeEnforcement `json:"enforcement"` // How each promise of the sandbox is kept there.
	EnrolledAt   time.Time         `json:"enrolled_at"`
	LastSeenAt   *time.Time        `json:"last_seen_at,omitempty"`
	MemoryBytes  int64             `json:"memory_bytes"`
	OS           string            `json:"os,omitempty"`
	Runtimes     []NodeRuntime     `json:"runtimes"`
	SlotsTotal   int64             `json:"slots_total"` // How many programs may run at once.
	SlotsUsed    int64             `json:"slots_used"`  // How many ran when the agent was last heard.
}

// NodeEnforcement is part of the API's answers and requests.
type NodeEnforcement struct {
	Name string `json:"name"`
	How  string `json:"how"`
	OK   bool   `json:"ok"`
}

// NodeEnrollRequest is what node.enroll takes: Make a token by which one machine may join.
type NodeEnrollRequest struct {
	Name       string `json:"name,omitempty"`        // Of the node to be; its host name when absent.
	TTLSeconds int64  `json:"ttl_seconds,omitempty"` // How long the token is good; 15 minutes when absent.
}

// NodeEnrollment is part of the API's answers and requests.
type NodeEnrollment struct {
	ID        string    `json:"id"`      // A UUIDv7.
	Command   string    `json:"command"` // What to run on the new machine, as root.
	ExpiresAt time.Time `json:"expires_at"`
	Token     string    `json:"token"` // Shown this once. It is good for one machine.
}

// NodeHealth is part of the API's answers and requests.
type NodeHealth struct {
	Status string `json:"status"`
	Nodes  int64  `json:"nodes"`
}

// NodeRuntime is part of the API's answers and requests.
type NodeRuntime struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Notification is part of the API's answers and requests.
type Notification struct {
	ID        string     `json:"id"`     // A UUIDv7.
	Status    string     `json:"status"` // delivered is unread; skipped was held back, and reason says why.
	Reason    string     `json:"reason,omitempty"`
	Body      string     `json:"body,omitempty"`
	Cause     string     `json:"cause"` // The type of that event; or digest, alert, message.
	CreatedAt time.Time  `json:"created_at"`
	Link      string     `json:"link,omitempty"` // Where the console shows more: a path.
	ReadAt    *time.Time `json:"read_at,omitempty"`
	Severity  string     `json:"severity"`
	SourceID  string     `json:"source_id"` // What led to it: the event, for most.
	Tags      []string   `json:"tags"`
	Title     string     `json:"title"`
}

// NotificationAttempt is part of the API's answers and requests.
type NotificationAttempt struct {
	Answer     string    `json:"answer,omitempty"` // Its beginning, without what looks like a credential.
	At         time.Time `json:"at"`
	Error      string    `json:"error,omitempty"`
	Number     int64     `json:"number"`
	StatusCode int64     `json:"status_code,omitempty"` // HTTP's or SMTP's; absent when there was no answer.
	TookMS     int64     `json:"took_ms"`
}

// NotificationChangeSubscriptionRequest is what notification.change_subscription takes: Change what a channel gets.
type NotificationChangeSubscriptionRequest struct {
	Name        string    `json:"name,omitempty"`
	Enabled     *bool     `json:"enabled,omitempty"`
	ExcludeTags *[]string `json:"exclude_tags,omitempty"`
	IncludeTags *[]string `json:"include_tags,omitempty"`
	MinSeverity string    `json:"min_severity,omitempty"`
	URL         string    `json:"url,omitempty"`
}

// NotificationCount is part of the API's answers and requests.
type NotificationCount struct {
	Count int64 `json:"count"`
}

// NotificationDelivery is part of the API's answers and requests.
type NotificationDelivery struct {
	ID             string     `json:"id"` // A UUIDv7.
	Status         string     `json:"status"`
	Reason         string     `json:"reason,omitempty"` // Why the last attempt failed.
	Attempts       int64      `json:"attempts"`
	Channel        string     `json:"channel"`
	CreatedAt      time.Time  `json:"created_at"`
	EndedAt        *time.Time `json:"ended_at,omitempty"`
	NextAt         *time.Time `json:"next_at,omitempty"` // When it is tried next.
	NotificationID string     `json:"notification_id"`   // What receivers get as webhook-id, at every attempt. A test has one that is in no inbox.
	SubscriptionID string     `json:"subscription_id"`   // A UUIDv7.
}

// NotificationDeliveryDetails is part of the API's answers and requests.
type NotificationDeliveryDetails struct {
	ID             string                `json:"id"` // A UUIDv7.
	Status         string                `json:"status"`
	Reason         string                `json:"reason,omitempty"` // Why the last attempt failed.
	Attempts       int64                 `json:"attempts"`
	Channel        string                `json:"channel"`
	CreatedAt      time.Time             `json:"created_at"`
	EndedAt        *time.Time            `json:"ended_at,omitempty"`
	NextAt         *time.Time            `json:"next_at,omitempty"` // When it is tried next.
	NotificationID string                `json:"notification_id"`   // What receivers get as webhook-id, at every attempt. A test has one that is in no inbox.
	Payload        string                `json:"payload"`           // What is sent, the same at every attempt.
	SubscriptionID string                `json:"subscription_id"`   // A UUIDv7.
	Tries          []NotificationAttempt `json:"tries"`
}

// NotificationReadRequest is what notification.read takes: Mark a notification read.
type NotificationReadRequest struct {
	Clicked bool `json:"clicked,omitempty"` // Its link was followed.
}

// NotificationSendRequest is what notification.send takes: Notify a user, or all operators.
type NotificationSendRequest struct {
	At       *time.Time `json:"at,omitempty"` // When; at most 25 days ahead. At once when absent.
	Body     string     `json:"body,omitempty"`
	Severity string     `json:"severity,omitempty"`
	Tags     []string   `json:"tags,omitempty"`
	Title    string     `json:"title"`
	UserID   string     `json:"user_id,omitempty"` // Whom to tell; all operators when absent.
}

// NotificationSubscribeRequest is what notification.subscribe takes: Add a webhook, Slack or e-mail.
type NotificationSubscribeRequest struct {
	Name        string   `json:"name,omitempty"` // The address's host when absent.
	Channel     string   `json:"channel"`
	ExcludeTags []string `json:"exclude_tags,omitempty"`
	IncludeTags []string `json:"include_tags,omitempty"` // One of these suffices; none: everything.
	MinSeverity string   `json:"min_severity,omitempty"`
	URL         string   `json:"url,omitempty"` // Of the webhook, or Slack's incoming webhook. E-mail goes to the account's address.
}

// NotificationSubscription is part of the API's answers and requests.
type NotificationSubscription struct {
	ID               string     `json:"id"` // The console's has its user's id.
	Name             string     `json:"name"`
	Channel          string     `json:"channel"`
	CreatedAt        time.Time  `json:"created_at"`
	DisabledAt       *time.Time `json:"disabled_at,omitempty"` // Since when Stoa sends nothing, because nothing arrived. Enable it to try again.
	DisabledReason   string     `json:"disabled_reason,omitempty"`
	Enabled          bool       `json:"enabled"`
	ExcludeTags      []string   `json:"exclude_tags"`
	FailingSince     *time.Time `json:"failing_since,omitempty"` // Nothing has arrived there since.
	Host             string     `json:"host,omitempty"`          // Of the address; the rest of it is secret.
	IncludeTags      []string   `json:"include_tags"`            // One of these suffices; none: everything.
	MinSeverity      string     `json:"min_severity"`
	SignedByTwoUntil *time.Time `json:"signed_by_two_until,omitempty"` // Until when the secret before the last signs too.
	UpdatedAt        time.Time  `json:"updated_at"`
}

// NotificationSubscriptionWithSecret is part of the API's answers and requests.
type NotificationSubscriptionWithSecret struct {
	Secret       string                   `json:"secret,omitempty"` // What a webhook is signed with (Standard Webhooks). It is shown this one time.
	Subscription NotificationSubscription `json:"subscription"`
}

// OmittedArtefact is part of the API's answers and requests.
type OmittedArtefact struct {
	Reason string `json:"reason"`
	Path   string `json:"path"` // A file, or the pattern that found none; empty where it concerns all.
}

// Organization is part of the API's answers and requests.
type Organization struct {
	ID        string    `json:"id"` // A UUIDv7.
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	Personal  bool      `json:"personal"`       // It came with somebody's registration.
	Role      string    `json:"role,omitempty"` // The caller's role, if any.
	Slug      string    `json:"slug"`           // The name as it stands in URLs; it stays when the name changes.
}

// OrganizationCreateRequest is what organization.create takes: Found an organization.
type OrganizationCreateRequest struct {
	Name string `json:"name"`
}

// OrganizationRenameRequest is what organization.rename takes: Rename an organization.
type OrganizationRenameRequest struct {
	Name string `json:"name"`
}

// OrganizationSetMemberRequest is what organization.set_member takes: Add a member or change their role.
type OrganizationSetMemberRequest struct {
	Role string `json:"role"`
}

// PartitionHealth is part of the API's answers and requests.
type PartitionHealth struct {
	Problem string    `json:"problem,omitempty"`
	Strays  int64     `json:"strays"` // Rows in the default partition, counted up to 1000.
	Table   string    `json:"table"`
	Through time.Time `json:"through"` // Rows have partitions of their own until then.
}

// Passkey is part of the API's answers and requests.
type Passkey struct {
	ID         string     `json:"id"` // A UUIDv7.
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	Domain     string     `json:"domain"` // The host of the address that it was made at, and works at.
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

// PasskeyAddRequest is what passkey.add takes: Add a passkey: it signs you in from now on.
type PasskeyAddRequest struct {
	Name       string                     `json:"name"`
	Credential map[string]json.RawMessage `json:"credential"` // What navigator.credentials.create gave, as its toJSON says.
}

// PasskeyChallenge is part of the API's answers and requests.
type PasskeyChallenge struct {
	ExpiresAt time.Time                  `json:"expires_at"`
	Options   map[string]json.RawMessage `json:"options"` // For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON (WebAuthn level 3).
}

// PasswordLink is part of the API's answers and requests.
type PasswordLink struct {
	ExpiresAt time.Time   `json:"expires_at"`
	Link      string      `json:"link"`   // The console's path for it, below this installation's address.
	Secret    string      `json:"secret"` // What sets the password; shown once.
	User      ManagedUser `json:"user"`
}

// PendingEmail is part of the API's answers and requests.
type PendingEmail struct {
	Email     string    `json:"email"`
	ExpiresAt time.Time `json:"expires_at"` // Until when the code holds.
}

// PistonAnswer is part of the API's answers and requests.
type PistonAnswer struct {
	Compile  *PistonStage `json:"compile,omitempty"` // Only when a compiler refused the program; there is no run then.
	Language string       `json:"language"`
	Run      *PistonStage `json:"run,omitempty"`
	Version  string       `json:"version"`
}

// PistonExecuteRequest is what piston.execute takes: Run a program as Piston does.
type PistonExecuteRequest struct {
	Args               []string     `json:"args,omitempty"`
	CompileCPUTime     float64      `json:"compile_cpu_time,omitempty"`     // Accepted, as compile_timeout.
	CompileMemoryLimit float64      `json:"compile_memory_limit,omitempty"` // Accepted, as compile_timeout.
	CompileTimeout     float64      `json:"compile_timeout,omitempty"`      // Accepted; compiling has the node's own limits.
	Files              []PistonFile `json:"files"`                          // The first one is run.
	Language           string       `json:"language"`
	RunCPUTime         float64      `json:"run_cpu_time,omitempty"`
	RunMemoryLimit     float64      `json:"run_memory_limit,omitempty"`
	RunTimeout         float64      `json:"run_timeout,omitempty"`
	Stdin              string       `json:"stdin,omitempty"`
	Version            string       `json:"version"` // A version or a semver range; * is the newest.
}

// PistonFile is part of the API's answers and requests.
type PistonFile struct {
	Name     string `json:"name,omitempty"` // The first file is called what its runtime calls it, whatever its name.
	Content  string `json:"content"`
	Encoding string `json:"encoding,omitempty"`
}

// PistonRuntime is part of the API's answers and requests.
type PistonRuntime struct {
	Aliases  []string `json:"aliases"`
	Language string   `json:"language"`
	Runtime  string   `json:"runtime,omitempty"` // The interpreter, where the language has several.
	Version  string   `json:"version"`
}

// PistonStage is part of the API's answers and requests.
type PistonStage struct {
	Status   *string `json:"status"` // TO timed out, RE ended with another code than 0, SG by a signal, OL wrote too much, XX could not be run.
	Code     *int64  `json:"code"`
	CPUTime  float64 `json:"cpu_time"`
	Memory   int64   `json:"memory"`
	Message  *string `json:"message"`
	Output   string  `json:"output"` // Both, in the order of writing.
	Signal   *string `json:"signal"`
	Stderr   string  `json:"stderr"`
	Stdout   string  `json:"stdout"`
	WallTime float64 `json:"wall_time"`
}

// PreferenceChange is part of the API's answers and requests.
type PreferenceChange struct {
	ChangedAt time.Time                  `json:"changed_at"`
	Patch     map[string]json.RawMessage `json:"patch"`              // What it changed, as a merge patch.
	Restored  int64                      `json:"restored,omitempty"` // The version that it went back to.
	Version   int64                      `json:"version"`
}

// PreferencePreferences is part of the API's answers and requests.
type PreferencePreferences struct {
	Custom     map[string]json.RawMessage `json:"custom"` // Whatever your own tools keep here, by key.
	DateFormat string                     `json:"date_format"`
	Editor     EditorPreferences          `json:"editor"`
	Theme      string                     `json:"theme"`
	TimeFormat string                     `json:"time_format"`
	Timezone   string                     `json:"timezone"` // An IANA name; empty is the browser's.
}

// PreferenceRestoreRequest is what preference.restore takes: Go back to how it was.
type PreferenceRestoreRequest struct {
	At      *time.Time `json:"at,omitempty"`      // How it was at this time.
	Version int64      `json:"version,omitempty"` // How it was after this change; 0 is the defaults.
}

// Preferences is part of the API's answers and requests.
type Preferences struct {
	Preferences PreferencePreferences `json:"preferences"`
	UpdatedAt   *time.Time            `json:"updated_at,omitempty"`
	Version     int64                 `json:"version"` // Counts your changes; 0 when there was none.
}

// Project is part of the API's answers and requests.
type Project struct {
	ID             string     `json:"id"` // A UUIDv7.
	Name           string     `json:"name"`
	ArchivedAt     *time.Time `json:"archived_at,omitempty"` // Since when it takes no new work.
	CreatedAt      time.Time  `json:"created_at"`
	OrganizationID string     `json:"organization_id"`   // A UUIDv7.
	Role           string     `json:"role,omitempty"`    // The caller's effective role, if any: owners and admins of the organization manage its projects.
	Slug           string     `json:"slug"`              // The name as it stands in URLs; it stays when the name changes.
	UnitID         string     `json:"unit_id,omitempty"` // A UUIDv7.
}

// ProjectCreateRequest is what project.create takes: Make a project.
type ProjectCreateRequest struct {
	Name           string `json:"name"`
	OrganizationID string `json:"organization_id,omitempty"` // The organization of your default project when absent.
	UnitID         string `json:"unit_id,omitempty"`         // A UUIDv7.
}

// ProjectSetMemberRequest is what project.set_member takes: Let a member of the organization in, or change their role.
type ProjectSetMemberRequest struct {
	Role string `json:"role"`
}

// ProjectUpdateRequest is what project.update takes: Rename or move a project.
type ProjectUpdateRequest struct {
	Name   string `json:"name,omitempty"`
	UnitID string `json:"unit_id,omitempty"` // The unit to put it into; the nil UUID puts it directly below the organization.
}

// Queue is part of the API's answers and requests.
type Queue struct {
	Active     int64            `json:"active"`
	ByPriority map[string]int64 `json:"by_priority"`
	Oldest     *time.Time       `json:"oldest,omitempty"` // When the longest-waiting one was submitted.
	Queued     int64            `json:"queued"`
}

// Rate is part of the API's answers and requests.
type Rate struct {
	Burst         int64      `json:"burst"`              // As many may come at once, when none came for a while.
	Group         string     `json:"group"`              // execute: submitted executions. api: other requests. admin: administrative changes. auth: sign-ins and the like. stream: event streams and attachments opened, by SSE and WebSocket.
	Limited       bool       `json:"limited"`            // False: rate.bypass lifts it, and the numbers are 0.
	Remaining     int64      `json:"remaining"`          // As many would be let through right now, of burst; as this replica has counted.
	Requests      int64      `json:"requests"`           // In each window.
	ResetAt       *time.Time `json:"reset_at,omitempty"` // When an operator last made it whole again.
	ResetSeconds  int64      `json:"reset_seconds"`      // Until the whole burst is there again, if no more come.
	RetrySeconds  int64      `json:"retry_seconds"`      // Until the next one is let through; 0: at once.
	Rules         []RateRule `json:"rules"`              // The settings that make it: rate.GROUP, rate.GROUP.burst_percent, rate.multiplier_percent and rate.bypass.
	WindowSeconds int64      `json:"window_seconds"`
}

// RateResetRequest is what rate.reset takes: Make somebody's request rates whole again.
type RateResetRequest struct {
	UserID string `json:"user_id"` // The user or service account.
}

// RateRule is part of the API's answers and requests.
type RateRule struct {
	Name           string `json:"name"`
	OrganizationID string `json:"organization_id,omitempty"` // Of a member's value: the organization.
	Owner          string `json:"owner,omitempty"`           // The organization, unit, project or user whose value it is.
	Scope          string `json:"scope"`                     // Whose value it is.
	Unit           string `json:"unit"`
	Value          int64  `json:"value"`
}

// RecoveryCodes is part of the API's answers and requests.
type RecoveryCodes struct {
	RecoveryCodes []string `json:"recovery_codes"` // For who loses the app; each works once.
}

// Redirect is part of the API's answers and requests.
type Redirect struct {
	URL string `json:"url"` // Empty: nowhere.
}

// RegistrationMode is part of the API's answers and requests.
type RegistrationMode struct {
	Mode string `json:"mode"`
}

// Replay is part of the API's answers and requests.
type Replay struct {
	ID             string          `json:"id"` // A UUIDv7.
	Name           string          `json:"name,omitempty"`
	Status         string          `json:"status"`
	Reason         string          `json:"reason,omitempty"` // Why it failed.
	Batch          int64           `json:"batch"`
	Consumer       string          `json:"consumer,omitempty"`
	Counts         json.RawMessage `json:"counts"` // How many of each type there were when it was made.
	CreatedAt      time.Time       `json:"created_at"`
	CreatedBy      string          `json:"created_by,omitempty"` // A UUIDv7.
	EndedAt        *time.Time      `json:"ended_at,omitempty"`
	Events         ReplayEvents    `json:"events"`
	Failed         int64           `json:"failed"` // How many the target did not take.
	MaxEvents      int64           `json:"max_events"`
	OrganizationID string          `json:"organization_id,omitempty"` // Whose own it is; absent: the platform's.
	Position       int64           `json:"position"`                  // Up to here of the log it is done.
	Secret         string          `json:"secret,omitempty"`          // Of a new replay to a callback: signs its calls (Standard Webhooks). Shown this once.
	Sent           int64           `json:"sent"`
	SkipErrors     bool            `json:"skip_errors"`
	Speed          float64         `json:"speed,omitempty"`
	StartAt        *time.Time      `json:"start_at,omitempty"`
	StartedAt      *time.Time      `json:"started_at,omitempty"`
	Target         string          `json:"target"`
	Total          int64           `json:"total"` // How many there are to be.
	URL            string          `json:"url,omitempty"`
}

// ReplayCreateRequest is what replay.create takes: Replay events of the log.
type ReplayCreateRequest struct {
	Name           string        `json:"name,omitempty"`
	Batch          int64         `json:"batch,omitempty"` // So many at once; 100 when absent.
	Consumer       string        `json:"consumer,omitempty"`
	DryRun         bool          `json:"dry_run,omitempty"` // Only count. The preview can be started later.
	Events         *ReplayEvents `json:"events,omitempty"`
	MaxEvents      int64         `json:"max_events,omitempty"`      // At most so many; 100000 when absent.
	OrganizationID string        `json:"organization_id,omitempty"` // Makes it this organization's own: of its events only, to a callback or a file, seen and steered by its admins. The platform's own when absent.
	SkipErrors     bool          `json:"skip_errors,omitempty"`     // Go on without what the target does not take.
	Speed          float64       `json:"speed,omitempty"`           // 0.1 to 100 times as fast as it happened; as fast as the target takes them when absent.
	Start          bool          `json:"start,omitempty"`           // At once.
	StartAt        *time.Time    `json:"start_at,omitempty"`        // At a time.
	Target         string        `json:"target"`                    // bus: published under stoa.replay.<id>. consumer: handled again by a consumer that says it is replayable. callback: posted to a URL, signed, as CloudEvents batches. file: kept as JSON lines to download.
	URL            string        `json:"url,omitempty"`
}

// ReplayEvents is part of the API's answers and requests.
type ReplayEvents struct {
	ActorID       string     `json:"actor_id,omitempty"`       // A UUIDv7.
	AfterPosition int64      `json:"after_position,omitempty"` // Only after this place in the log.
	CorrelationID string     `json:"correlation_id,omitempty"`
	From          *time.Time `json:"from,omitempty"`
	Kind          string     `json:"kind,omitempty"`       // The kind of thing that they are about.
	ProjectID     string     `json:"project_id,omitempty"` // A UUIDv7.
	SubjectID     string     `json:"subject_id,omitempty"` // The very thing that they are about: one execution, say.
	To            *time.Time `json:"to,omitempty"`
	Types         []string   `json:"types,omitempty"`
}

// RetryPolicy is part of the API's answers and requests.
type RetryPolicy struct {
	At        string    `json:"at,omitempty"`       // Of scheduled: the time of the day, UTC.
	Attempts  int64     `json:"attempts"`           // Including the first. Then the event is a pending dead letter.
	Consumer  string    `json:"consumer,omitempty"` // Empty: every consumer that sets nothing itself.
	Factor    float64   `json:"factor"`             // Of exponential: how much longer each pause is than the one before.
	FirstMS   int64     `json:"first_ms"`           // The first pause; of fixed, every one.
	Kind      string    `json:"kind,omitempty"`     // The kind of thing that the events are about; empty: every kind.
	LongestMS int64     `json:"longest_ms"`         // Of exponential: the longest pause.
	Strategy  string    `json:"strategy"`
	UpdatedAt time.Time `json:"updated_at"`
}

// RetryPolicySetRequest is what retry_policy.set takes: Say how failing events are tried again.
type RetryPolicySetRequest struct {
	At        string  `json:"at,omitempty"`         // Of scheduled: the time of the day, UTC.
	Attempts  int64   `json:"attempts"`             // Including the first.
	Consumer  string  `json:"consumer,omitempty"`   // Empty: every consumer that sets nothing itself.
	Factor    float64 `json:"factor,omitempty"`     // Of exponential: how much longer each pause is than the one before; 2 when absent.
	FirstMS   int64   `json:"first_ms,omitempty"`   // The first pause; of fixed, every one.
	Kind      string  `json:"kind,omitempty"`       // The kind of thing that the events are about; empty: every kind.
	LongestMS int64   `json:"longest_ms,omitempty"` // Of exponential: the longest pause; first_ms when absent.
	Strategy  string  `json:"strategy"`
}

// RotatedServiceKey is part of the API's answers and requests.
type RotatedServiceKey struct {
	BeforeEndsAt *time.Time `json:"before_ends_at,omitempty"` // Until when the key before holds; absent when there was none.
	Key          ServiceKey `json:"key"`
	Secret       string     `json:"secret"` // Send it as “Authorization: Bearer …”; shown once.
}

// Runtime is part of the API's answers and requests.
type Runtime struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Aliases  []string       `json:"aliases"`
	Class    string         `json:"class,omitempty"` // The weakest isolation class that its runs are given; absent: the settings decide.
	Classes  []RuntimeClass `json:"classes"`         // The isolation classes that it can be run in, the fastest first.
	Compiled bool           `json:"compiled"`
	Default  bool           `json:"default"`           // Whether the bare name means this version.
	Digest   string         `json:"digest,omitempty"`  // What the image's reference meant when the runtime was made, and means for ever.
	Egress   []string       `json:"egress,omitempty"`  // What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it.
	Example  string         `json:"example"`           // A program that shows what the runtime can do.
	Failing  int64          `json:"failing,omitempty"` // How many nodes could not pull its image, and try again.
	FileName string         `json:"file_name"`
	Image    string         `json:"image,omitempty"`   // The image that it is; absent when nodes have it installed.
	Nodes    int64          `json:"nodes"`             // How many ready nodes have it.
	Pulling  int64          `json:"pulling,omitempty"` // How many nodes are getting its image ready.
	Version  string         `json:"version"`
}

// RuntimeClass is part of the API's answers and requests.
type RuntimeClass struct {
	Name    string `json:"name"`
	Promise string `json:"promise"`  // What it keeps apart.
	Ready   bool   `json:"ready"`    // Whether a ready node offers it now.
	StartMS int64  `json:"start_ms"` // What it usually adds before the program's first line, in milliseconds.
}

// RuntimeCreateRequest is what runtime.create takes: Make an image a runtime.
type RuntimeCreateRequest struct {
	Name     string            `json:"name"`
	Class    string            `json:"class,omitempty"`    // The weakest isolation class that its runs are given; auto, or absent: the settings decide.
	Command  []string          `json:"command,omitempty"`  // Starts the program; {file} is the source's name. Absent: the image's own command, and the source.
	Compile  []string          `json:"compile,omitempty"`  // Compiles the source first.
	Digest   string            `json:"digest,omitempty"`   // What the reference must mean. If it means something else now, nothing is made.
	Egress   []string          `json:"egress,omitempty"`   // What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it.
	Env      map[string]string `json:"env,omitempty"`      // Environment variables, over the image's own.
	Example  string            `json:"example,omitempty"`  // A program that shows what the runtime can do.
	FileName string            `json:"file_name"`          // What the source is called in the program's folder.
	Image    string            `json:"image"`              // A reference with a tag or a digest. Without a registry it is Docker Hub's.
	Insecure bool              `json:"insecure,omitempty"` // The registry may be spoken to over plain HTTP.
	Password string            `json:"password,omitempty"` // Kept sealed, given to nodes that pull, never shown.
	Username string            `json:"username,omitempty"` // Of a private registry.
	Version  string            `json:"version"`            // A version never changes; it can only be retired.
}

// RuntimeInspectRequest is what runtime.inspect takes: Ask a registry what an image is.
type RuntimeInspectRequest struct {
	Image    string `json:"image"`              // A reference with a tag or a digest. Without a registry it is Docker Hub's.
	Insecure bool   `json:"insecure,omitempty"` // The registry may be spoken to over plain HTTP.
	Password string `json:"password,omitempty"` // Kept sealed, given to nodes that pull, never shown.
	Username string `json:"username,omitempty"` // Of a private registry.
}

// RuntimeNode is part of the API's answers and requests.
type RuntimeNode struct {
	Reason      string    `json:"reason,omitempty"`       // Why it failed last. It is tried again, with growing pauses.
	ClassReason string    `json:"class_reason,omitempty"` // Why class process is not among them.
	Classes     []string  `json:"classes,omitempty"`      // The isolation classes that the node runs it in, as it has found out by trying; absent before it is ready.
	DoneBytes   int64     `json:"done_bytes,omitempty"`
	Node        string    `json:"node"`
	NodeID      string    `json:"node_id"` // A UUIDv7.
	ReportedAt  time.Time `json:"reported_at"`
	Runtime     string    `json:"runtime"`
	State       string    `json:"state"`
	TotalBytes  int64     `json:"total_bytes,omitempty"` // Of its layers, as they are sent; absent while unknown.
}

// RuntimeUpdateRequest is what runtime.update takes: Say how a runtime's runs are kept apart, and what they may connect to.
type RuntimeUpdateRequest struct {
	Class  string   `json:"class,omitempty"`  // The weakest isolation class that its runs are given; auto: the settings decide.
	Egress []string `json:"egress,omitempty"` // What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it; empty: nothing.
}

// Script is part of the API's answers and requests.
type Script struct {
	ID             string         `json:"id"` // A UUIDv7.
	Name           string         `json:"name"`
	CreatedAt      time.Time      `json:"created_at"`
	Description    string         `json:"description"`
	Latest         int64          `json:"latest"`          // The number of its newest version.
	OrganizationID string         `json:"organization_id"` // A UUIDv7.
	OwnerID        string         `json:"owner_id"`        // A UUIDv7.
	ProjectID      string         `json:"project_id"`      // A UUIDv7.
	Shared         bool           `json:"shared"`          // Whether everybody who sees the project sees it; otherwise its owner alone.
	UpdatedAt      time.Time      `json:"updated_at"`
	Version        *ScriptVersion `json:"version,omitempty"` // Only when one script is asked for.
}

// ScriptCreateRequest is what script.create takes: Save a program under a new name.
type ScriptCreateRequest struct {
	Name        string `json:"name"` // a-z, 0-9, “.”, “_”, “-”.
	Description string `json:"description,omitempty"`
	ProjectID   string `json:"project_id,omitempty"` // The caller's default when absent.
	Runtime     string `json:"runtime"`              // With as much of a version as matters.
	Shared      bool   `json:"shared,omitempty"`     // Let everybody who sees the project see and run it.
	Source      string `json:"source"`
}

// ScriptExample is part of the API's answers and requests.
type ScriptExample struct {
	Name     string   `json:"name"`
	Language string   `json:"language"`        // The runtime's name.
	Needs    string   `json:"needs,omitempty"` // What is missing, when nothing here runs it.
	Output   string   `json:"output"`          // What it prints.
	RunsOn   []string `json:"runs_on"`         // Runtimes that nodes have now and that accept it, the newest first.
	Since    string   `json:"since"`           // The first version that accepts it.
	Source   string   `json:"source"`
	Title    string   `json:"title"` // What it shows.
}

// ScriptSaveRequest is what script.save takes: Save a new version of a script.
type ScriptSaveRequest struct {
	After   int64  `json:"after,omitempty"` // The version that was changed: refused when somebody saved another one meanwhile.
	Runtime string `json:"runtime"`         // With as much of a version as matters.
	Source  string `json:"source"`
}

// ScriptUpdateRequest is what script.update takes: Rename, describe or share a script.
type ScriptUpdateRequest struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Shared      bool   `json:"shared,omitempty"`
}

// ScriptVersion is part of the API's answers and requests.
type ScriptVersion struct {
	AuthorID  string    `json:"author_id"` // A UUIDv7.
	CreatedAt time.Time `json:"created_at"`
	Number    int64     `json:"number"`
	Runtime   string    `json:"runtime"`
	Source    string    `json:"source,omitempty"` // Only when one version is asked for.
}

// SecondFactor is part of the API's answers and requests.
type SecondFactor struct {
	Enrolled      bool       `json:"enrolled"` // Whether signing in asks for a code of an authenticator app.
	EnrolledAt    *time.Time `json:"enrolled_at,omitempty"`
	RecoveryCodes int64      `json:"recovery_codes"` // How many are left.
	Required      bool       `json:"required"`       // Whether the setting identity.second_factor.required asks it of you.
}

// SecondFactorConfirmRequest is what second_factor.confirm takes: Confirm an authenticator app: signing in asks for it from now on.
type SecondFactorConfirmRequest struct {
	Code string `json:"code"` // Of the app, or a recovery code.
}

// SecondFactorEnrollment is part of the API's answers and requests.
type SecondFactorEnrollment struct {
	Qr     []string `json:"qr"`     // The address as QR code to draw: one text per row, 1 is dark. The quiet zone around it is not included.
	Secret string   `json:"secret"` // To type into the app: base 32, SHA-1, six digits, every 30 seconds.
	URI    string   `json:"uri"`    // The same as otpauth:// address.
}

// SecondFactorStep is part of the API's answers and requests.
type SecondFactorStep struct {
	ExpiresAt time.Time `json:"expires_at"`
	Step      string    `json:"step"` // Send it with the code to /api/v1/auth/second-factor.
}

// ServiceAccount is part of the API's answers and requests.
type ServiceAccount struct {
	ID             string     `json:"id"` // A UUIDv7.
	Name           string     `json:"name"`
	CreatedAt      time.Time  `json:"created_at"`
	CreatedBy      string     `json:"created_by"` // A UUIDv7.
	Description    string     `json:"description,omitempty"`
	Disabled       bool       `json:"disabled"` // Its keys are refused until it is enabled.
	DisabledAt     *time.Time `json:"disabled_at,omitempty"`
	Keys           int64      `json:"keys"`                   // How many keys hold now: at most 2.
	LastUsedAt     *time.Time `json:"last_used_at,omitempty"` // Of any of its keys, to the minute.
	OrganizationID string     `json:"organization_id"`        // A UUIDv7.
	ProjectID      string     `json:"project_id,omitempty"`   // The only project that its keys reach; absent: it belongs to the organization as a whole.
	Role           string     `json:"role,omitempty"`         // In its project, or else in its organization; absent when somebody took it away.
	Scopes         []string   `json:"scopes"`                 // Commands and queries, or groups of them, that its keys may issue; empty: all that its roles allow.
}

// ServiceAccountCreateRequest is what service_account.create takes: Make a service account and its first key.
type ServiceAccountCreateRequest struct {
	Name          string   `json:"name"`
	Description   string   `json:"description,omitempty"`
	ExpiresInDays int64    `json:"expires_in_days,omitempty"` // How long the first key lasts.
	ProjectID     string   `json:"project_id,omitempty"`      // The only project that it shall reach. Without it, it belongs to the organization as a whole.
	Role          string   `json:"role"`                      // In the project, or else in the organization. Nobody gives more than they have.
	Scopes        []string `json:"scopes,omitempty"`          // Names of commands and queries, or groups of them like execution.*; all that its roles allow when absent.
}

// ServiceAccountRotateKeyRequest is what service_account.rotate_key takes: Make a new key; the one before ends after an overlap.
type ServiceAccountRotateKeyRequest struct {
	ExpiresInDays int64  `json:"expires_in_days,omitempty"` // How long the new key lasts.
	OverlapHours  *int64 `json:"overlap_hours,omitempty"`   // How long the key before still holds: 24 hours when absent; with 0 all keys before end now.
}

// ServiceKey is part of the API's answers and requests.
type ServiceKey struct {
	ID         string     `json:"id"` // A UUIDv7.
	CreatedAt  time.Time  `json:"created_at"`
	Current    bool       `json:"current"` // The one that asks.
	ExpiresAt  *time.Time `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"` // To the minute.
}

// Session is part of the API's answers and requests.
type Session struct {
	ID            string     `json:"id"` // A UUIDv7.
	CreatedAt     time.Time  `json:"created_at"`
	Current       bool       `json:"current"` // The one that asks.
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	LastUsedAt    *time.Time `json:"last_used_at,omitempty"`   // To the minute.
	RemoteAddress string     `json:"remote_address,omitempty"` // Where it was opened.
	UserAgent     string     `json:"user_agent,omitempty"`
}

// Setup is part of the API's answers and requests.
type Setup struct {
	Needed bool `json:"needed"` // The first administrator is still to come; stoad prints the link.
}

// SetupCompleteRequest is what setup.complete takes: Become the first administrator, and sign in.
type SetupCompleteRequest struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"` // At least as long as the setting identity.password.min_length says.
	Token    string `json:"token"`    // From the link that stoad prints.
}

// SignInAnswer is part of the API's answers and requests.
type SignInAnswer struct {
	SecondFactor *SecondFactorStep `json:"second_factor,omitempty"` // What is still asked for. Nobody has signed in yet.
	User         *User             `json:"user,omitempty"`          // Who has signed in.
}

// SignInProvider is part of the API's answers and requests.
type SignInProvider struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// SignedInBody is part of the API's answers and requests.
type SignedInBody struct {
	User User `json:"user"`
}

// Sink is part of the API's answers and requests.
type Sink struct {
	ID             string     `json:"id"` // A UUIDv7.
	Name           string     `json:"name"`
	Address        string     `json:"address"`
	CreatedAt      time.Time  `json:"created_at"`
	Error          string     `json:"error,omitempty"` // Of a failing one: the last. Of a paused one: why Stoa paused it.
	FailingSince   *time.Time `json:"failing_since,omitempty"`
	Kind           string     `json:"kind"`
	Lag            int64      `json:"lag"`                       // Positions behind the log's head.
	OrganizationID string     `json:"organization_id,omitempty"` // Whose own it is, and whose events it gets; absent: the platform's, everybody's.
	Position       int64      `json:"position"`                  // Up to here of the log it has what it is to get.
	Prefix         string     `json:"prefix"`
	SchemaRegistry string     `json:"schema_registry,omitempty"`
	Sent           int64      `json:"sent"`
	SentAt         *time.Time `json:"sent_at,omitempty"`
	State          string     `json:"state"`
	SubjectKind    string     `json:"subject_kind,omitempty"`
	Types          []string   `json:"types"`
}

// SinkCreateRequest is what sink.create takes: Send events to another system.
type SinkCreateRequest struct {
	Name                      string   `json:"name"`
	Address                   string   `json:"address"`               // nats://host:4222, or Kafka's brokers host:9092; several with commas.
	Credentials               string   `json:"credentials,omitempty"` // user:password. Kept sealed, never shown.
	Everything                bool     `json:"everything,omitempty"`  // From the log's beginning, not from now on.
	Kind                      string   `json:"kind"`
	OrganizationID            string   `json:"organization_id,omitempty"`             // Makes it this organization's own: it gets its events only, its admins see and steer it, and its address must be a public one. The platform's own when absent, with everybody's events.
	Prefix                    string   `json:"prefix,omitempty"`                      // Of subjects and topics; stoa when absent.
	SchemaRegistry            string   `json:"schema_registry,omitempty"`             // Of Kafka: URL of a schema registry (Confluent's protocol). Records are framed then: a zero byte, the number of the schema in four, the event.
	SchemaRegistryCredentials string   `json:"schema_registry_credentials,omitempty"` // user:password. Kept sealed, never shown.
	SubjectKind               string   `json:"subject_kind,omitempty"`                // Only about things of this kind.
	Types                     []string `json:"types,omitempty"`                       // Only of these types.
}

// SinkUpdateRequest is what sink.update takes: Change how a sink is reached and what it gets.
type SinkUpdateRequest struct {
	Address                   string   `json:"address,omitempty"`                     // With another address the credentials must be given too: those that are kept are not shown to it.
	Credentials               string   `json:"credentials,omitempty"`                 // user:password; empty: none. Kept sealed, never shown.
	SchemaRegistry            string   `json:"schema_registry,omitempty"`             // Empty: none.
	SchemaRegistryCredentials string   `json:"schema_registry_credentials,omitempty"` // user:password; empty: none. Kept sealed, never shown.
	SubjectKind               string   `json:"subject_kind,omitempty"`                // Only about things of this kind; empty: of all.
	Types                     []string `json:"types,omitempty"`                       // Only of these types; empty: of all.
}

// StdinWritten is part of the API's answers and requests.
type StdinWritten struct {
	Bytes int64 `json:"bytes"` // That the program will get.
}

// TokenCreateRequest is what token.create takes: Make an API token.
type TokenCreateRequest struct {
	Name          string     `json:"name"`
	ExpiresAt     *time.Time `json:"expires_at,omitempty"`
	ExpiresInDays int64      `json:"expires_in_days,omitempty"` // Instead of expires_at.
	ProjectID     string     `json:"project_id,omitempty"`      // The only project that it shall reach.
	Scopes        []string   `json:"scopes,omitempty"`          // Names of commands and queries, or groups of them like execution.*; all that you may when absent.
}

// Unit is part of the API's answers and requests.
type Unit struct {
	ID             string    `json:"id"` // A UUIDv7.
	Name           string    `json:"name"`
	CreatedAt      time.Time `json:"created_at"`
	OrganizationID string    `json:"organization_id"`     // A UUIDv7.
	ParentID       string    `json:"parent_id,omitempty"` // A UUIDv7.
}

// UnitCreateRequest is what unit.create takes: Add a unit.
type UnitCreateRequest struct {
	Name     string `json:"name"`
	ParentID string `json:"parent_id,omitempty"` // The unit to put it into; directly below the organization when absent.
}

// UnitUpdateRequest is what unit.update takes: Rename or move a unit, with what is in it.
type UnitUpdateRequest struct {
	Name     string `json:"name,omitempty"`
	ParentID string `json:"parent_id,omitempty"` // The unit to put it into; the nil UUID puts it directly below the organization.
}

// User is part of the API's answers and requests.
type User struct {
	ID             string    `json:"id"` // A UUIDv7.
	Name           string    `json:"name"`
	CreatedAt      time.Time `json:"created_at"`
	Email          string    `json:"email,omitempty"` // Absent for service accounts.
	ServiceAccount bool      `json:"service_account,omitempty"`
}

// UserCreateRequest is what user.create takes: Make an account for somebody.
type UserCreateRequest struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Operator bool   `json:"operator,omitempty"` // They run the installation.
}

// UserLockRequest is what user.lock takes: Lock somebody out.
type UserLockRequest struct {
	Reason string `json:"reason,omitempty"` // For them to read.
}

// UserOverview is part of the API's answers and requests.
type UserOverview struct {
	CPUMS         int64            `json:"cpu_ms"`     // CPU time of all of them.
	Executions    map[string]int64 `json:"executions"` // How many of theirs are kept, by status.
	Organizations []MyOrganization `json:"organizations"`
	Passkeys      int64            `json:"passkeys"`
	Projects      []MyProject      `json:"projects"`
	SecondFactor  bool             `json:"second_factor"` // Whether they have an authenticator app.
	Sessions      []Session        `json:"sessions"`
	Tokens        []APIToken       `json:"tokens"`
	User          ManagedUser      `json:"user"`
	WallMS        int64            `json:"wall_ms"` // Wall time of all of them.
}

// UserUpdateRequest is what user.update takes: Change what operators say of somebody.
type UserUpdateRequest struct {
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`    // What they sign in with from now on. Sessions and tokens go on.
	Note     string `json:"note,omitempty"`     // For operators alone.
	Operator bool   `json:"operator,omitempty"` // Whether they run the installation.
}

// WaitingQueue is part of the API's answers and requests.
type WaitingQueue struct {
	ByPriority map[string]int64 `json:"by_priority"`
	ByUser     []WaitingUser    `json:"by_user"` // Who has most waiting, the 20 first.
	Items      []Execution      `json:"items"`
	NextCursor string           `json:"next_cursor,omitempty"`
	Oldest     *time.Time       `json:"oldest,omitempty"` // When the longest-waiting one was submitted.
	Queued     int64            `json:"queued"`           // How many wait that match, on all pages.
}

// WaitingUser is part of the API's answers and requests.
type WaitingUser struct {
	Name   string    `json:"name,omitempty"`
	Oldest time.Time `json:"oldest"`
	Queued int64     `json:"queued"`
	UserID string    `json:"user_id"` // A UUIDv7.
}
