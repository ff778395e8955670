"""The shapes of the API, generated from its contract."""


from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AnyUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SecretStr,
)


class AlertsReceived(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    alerts: int


class AuditRecord(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    action: Annotated[str, Field(examples=['execution.cancel'])]
    actor_id: UUID | None = None
    """
    A UUIDv7.
    """
    actor_kind: Literal['anonymous', 'user', 'service_account'] | str
    actor_name: str | None = None
    """
    What they are called today; absent when they are gone. Not in exports.
    """
    code: Annotated[str | None, Field(examples=['denied'])] = None
    """
    Why, when it was refused.
    """
    correlation_id: str
    """
    Of the request; the events that it led to bear it too.
    """
    credential_id: UUID | None = None
    """
    The session or token that they used.
    """
    detail: Any | None = None
    """
    Ids and numbers that belong to it.
    """
    id: UUID
    """
    A UUIDv7.
    """
    organization_id: UUID | None = None
    """
    A UUIDv7.
    """
    outcome: Literal['done', 'refused'] | str
    project_id: UUID | None = None
    """
    A UUIDv7.
    """
    remote_address: str | None = None
    target_id: UUID | None = None
    """
    A UUIDv7.
    """
    target_kind: Annotated[str | None, Field(examples=['execution'])] = None
    time: AwareDatetime


class AuthPasskeyRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    credential: dict[str, Any]
    """
    What navigator.credentials.get gave, as its toJSON says.
    """


class AuthRegisterRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: Annotated[str, Field(max_length=254)]
    invitation: Annotated[str | None, Field(max_length=200)] = None
    """
    The token of an invitation's link.
    """
    name: Annotated[str, Field(max_length=100, min_length=1)]
    password: Annotated[SecretStr, Field(max_length=1024, min_length=1)]
    """
    At least as long as the setting identity.password.min_length says.
    """


class AuthSecondFactorRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(max_length=40, min_length=1)]
    """
    Of the app, or a recovery code.
    """
    step: Annotated[str, Field(max_length=200, min_length=1)]
    """
    What the first step answered.
    """


class AuthSetPasswordRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    password: Annotated[SecretStr, Field(max_length=1024, min_length=1)]
    secret: Annotated[str, Field(max_length=200)]
    """
    The link's token.
    """


class AuthSignInRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: Annotated[str, Field(max_length=254, min_length=1)]
    password: Annotated[SecretStr, Field(max_length=1024, min_length=1)]


class BusHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    connected: bool
    embedded: bool


class ChangeInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    enabled: bool | None = None
    exclude_tags: Annotated[list[str] | None, Field(max_length=20)] = None
    include_tags: Annotated[list[str] | None, Field(max_length=20)] = None
    min_severity: Literal['low', 'medium', 'high', 'urgent'] | str | None = None
    name: Annotated[str | None, Field(max_length=100, min_length=1)] = None
    url: Annotated[str | None, Field(max_length=2048)] = None


class CloudEvent(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    data: Any
    """
    As the type's JSON Schema says.
    """
    datacontenttype: Literal['application/json'] | str
    id: UUID
    """
    A UUIDv7.
    """
    source: Annotated[str, Field(examples=['stoa'])]
    specversion: Literal['1.0'] | str
    stoaactor: UUID | None = None
    """
    A UUIDv7.
    """
    stoaactorkind: Literal['anonymous', 'user', 'service_account', 'agent', 'system'] | str
    stoacausation: UUID | None = None
    """
    The event that led to this one.
    """
    stoacorrelation: str | None = None
    """
    Ties together everything that one request led to.
    """
    stoaorganization: UUID | None = None
    """
    A UUIDv7.
    """
    stoaposition: int | None = None
    """
    Its place in the log.
    """
    stoaproject: UUID | None = None
    """
    A UUIDv7.
    """
    stoareplay: UUID | None = None
    """
    Of a copy: the replay that made it.
    """
    stoaversion: int
    """
    The version that the change gave to its subject.
    """
    subject: Annotated[
        str, Field(examples=['execution/018f9c2e-0000-7000-8000-000000000000'])
    ]
    """
    What it is about: a kind and an id.
    """
    time: AwareDatetime
    type: Annotated[str, Field(examples=['execution.completed.v1'])]


class CodeInBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(max_length=40, min_length=1)]
    """
    Of the app, or a recovery code.
    """


class ConsumerState(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    dead: int
    lag: int
    name: str
    position: int
    retrying: int
    waiting: int


class DatabaseHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    connections: int
    embedded: bool
    in_use: int
    round_trip_ms: float
    size_bytes: int
    version: str


class DeadLetter(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    attempts: int
    changed_at: AwareDatetime
    consumer: Annotated[str, Field(examples=['notification'])]
    correlation_id: str | None = None
    event_id: UUID
    """
    A UUIDv7.
    """
    failed_at: AwareDatetime
    """
    First.
    """
    next_at: AwareDatetime | None = None
    """
    Of a scheduled one.
    """
    organization_id: UUID | None = None
    """
    A UUIDv7.
    """
    position: int
    """
    The event's place in the log.
    """
    project_id: UUID | None = None
    """
    A UUIDv7.
    """
    reason: str | None = None
    """
    What the consumer said last.
    """
    state: Literal['pending', 'scheduled', 'waiting', 'retried', 'discarded'] | str
    """
    pending: given up, somebody must decide. scheduled: tried again at next_at. waiting: behind another one of the same subject. retried: worked in the end. discarded: somebody decided to go on without it.
    """
    subject: Annotated[
        str, Field(examples=['execution/018f9c2e-0000-7000-8000-000000000000'])
    ]
    type: Annotated[str, Field(examples=['execution.completed.v1'])]


class DeadLetterChoice(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    all: bool | None = None
    """
    Every open one; with nothing else.
    """
    consumer: Annotated[str | None, Field(max_length=100)] = None
    event_ids: Annotated[list[UUID] | None, Field(max_length=1000)] = None
    failed_before: AwareDatetime | None = None
    kind: Annotated[str | None, Field(examples=['execution'], max_length=64)] = None
    """
    The kind of thing that the events are about.
    """
    max: Annotated[int | None, Field(ge=0, le=1000)] = None
    """
    At most so many, the oldest first; 1000 when absent.
    """
    reason: Annotated[str | None, Field(max_length=200)] = None
    """
    A part of the reason.
    """
    types: Annotated[list[str] | None, Field(max_length=50)] = None
    """
    Types of events.
    """


class DeadLetterConsumers(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    consumer: str
    events: int


class DeadLetterCount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    consumer: str
    events: int
    oldest: AwareDatetime
    """
    When the oldest failed first.
    """
    state: Literal['pending', 'scheduled', 'waiting', 'retried', 'discarded'] | str
    type: str


class DeadLetterOutcome(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    consumers: list[DeadLetterConsumers]
    events: int
    """
    How many were decided on.
    """
    more: bool
    """
    As many as one request decides on: there may be more.
    """


class DeadLetterStatistics(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    consumers: list[str]
    """
    Every consumer of the log.
    """
    counts: list[DeadLetterCount]
    critical: int
    """
    From so many on the level is critical.
    """
    level: Literal['ok', 'warning', 'critical'] | str
    open: int
    """
    Pending and scheduled ones.
    """
    warning: int
    """
    From so many on the level is warning.
    """


class Device(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    expires_at: AwareDatetime
    """
    When the code stops to hold.
    """
    expires_in_days: int
    """
    How long its token will last.
    """
    id: UUID
    name: str
    """
    What it calls itself; nobody has checked that.
    """
    remote_address: str | None = None
    """
    Where it asked from.
    """
    status: Literal['pending', 'approved', 'denied', 'redeemed'] | str
    user_agent: str | None = None


class DeviceCodes(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    device_code: str
    """
    The program's own; it asks for its token with it.
    """
    expires_in: int
    """
    How long both codes hold, in seconds.
    """
    interval: int
    """
    How many seconds to wait between two questions.
    """
    user_code: Annotated[str, Field(examples=['WDJB-MJHT'])]
    """
    What the person types.
    """
    verification_uri: AnyUrl
    """
    Where they type it.
    """
    verification_uri_complete: AnyUrl
    """
    The same, with the code filled in.
    """


class DeviceDecideRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    approve: bool
    user_code: Annotated[str, Field(max_length=20)]


class DeviceRedeemRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    device_code: Annotated[str, Field(max_length=200, min_length=1)]


class DeviceStartRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650)] = 90
    """
    How long its token shall last.
    """
    name: Annotated[str, Field(max_length=100, min_length=1)]
    """
    What the program calls itself; its token's name.
    """


class EditorPreferences(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    font_size: Annotated[int, Field(ge=8, le=32)]
    """
    In pixels.
    """
    line_numbers: bool
    tab_size: Annotated[int, Field(ge=1, le=8)]
    """
    In columns.
    """
    theme: Literal['auto', 'light', 'dark'] | str
    """
    auto: as the console.
    """
    use_tabs: bool
    """
    Indent with tabs rather than spaces.
    """
    word_wrap: bool


class EgressInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    allow: Annotated[list[str], Field(examples=[['pypi.org:443']], max_length=64)]
    """
    The whole list; an empty one admits nothing.
    """


class EgressRefusal(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    count: int
    destination: Annotated[str, Field(examples=['169.254.169.254:80'])]
    why: Annotated[str, Field(examples=['metadata'])]


class EmailChange(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    changed: bool
    """
    Whether the address is yours now; else a code was sent there.
    """
    email: str
    """
    The new address.
    """
    expires_at: AwareDatetime | None = None
    """
    Until when the code holds.
    """


class EnrollNodeRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str | None, Field(max_length=63)] = None
    """
    Of the node to be; its host name when absent.
    """
    ttl_seconds: Annotated[int | None, Field(ge=0, le=86400)] = None
    """
    How long the token is good; 15 minutes when absent.
    """


class EventActor(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    actor_id: UUID | None = None
    """
    Absent of what Stoa did by itself.
    """
    actor_kind: Literal['user', 'service_account', 'agent', 'system', 'anonymous'] | str
    actor_name: str | None = None
    """
    What a user or service account is called today; absent when they are gone.
    """
    events: int


class EventCount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    events: int
    hour: AwareDatetime
    """
    Its beginning, UTC.
    """
    type: str


class EventDetails(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    event: CloudEvent
    related: list[CloudEvent]
    """
    What the same request led to elsewhere, oldest first; 50 at most.
    """
    timeline: list[CloudEvent]
    """
    What happened to the same thing, oldest first; 100 at most.
    """


class EventType(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    emitter: Annotated[str, Field(examples=['execution'])]
    """
    The part of Stoa that says it.
    """
    example: Any
    """
    Data that the schema admits, with every field.
    """
    name: Annotated[str, Field(examples=['execution.completed.v1'])]
    retention: Literal['forever'] | str
    """
    How long events of this type stay in the log. Stoa deletes none.
    """
    schema_: Annotated[Any, Field(alias='schema')]
    """
    JSON Schema (2020-12) of the data. Within a version fields are only added, so ignore those that you do not know.
    """
    version: int
    """
    Of the type. Within a version fields are only added; what changes otherwise is another type, with the next version.
    """


class EventTypeSummary(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    emitter: Annotated[str, Field(examples=['execution'])]
    """
    The part of Stoa that says it.
    """
    name: Annotated[str, Field(examples=['execution.completed.v1'])]
    version: int
    """
    Of the type. Within a version fields are only added; what changes otherwise is another type, with the next version.
    """


class EventlogHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    consumers: list[ConsumerState]
    dead_letters: Literal['ok', 'warning', 'critical'] | str
    """
    How many are open, by the thresholds.
    """
    head: int
    oldest_seconds: float
    unsequenced: int


class ExecutionArtefact(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    path: Annotated[str, Field(examples=['out/plot.png'])]
    """
    Relative to the program's folder.
    """
    sha256: str
    """
    Of its content, in hexadecimal.
    """
    size: int
    """
    In bytes.
    """


class ExecutionAttachment(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: UUID
    """
    Of the connection: somebody may have several.
    """
    name: str | None = None
    since: AwareDatetime
    user_id: UUID
    """
    A UUIDv7.
    """
    writes: bool
    """
    Whether it may write to the program; else it only watches.
    """
    you: bool | None = None
    """
    It is this very connection. Only in events.
    """


class ExecutionDelivery(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    attempts: int
    ended_at: AwareDatetime | None = None
    host: Annotated[str | None, Field(examples=['hooks.example.org'])] = None
    """
    Where to; the rest of the address is secret.
    """
    id: UUID
    """
    A callback has its execution's; the others are those of /notifications/deliveries.
    """
    kind: Literal['callback', 'webhook', 'slack', 'email'] | str
    next_at: AwareDatetime | None = None
    """
    When it is tried next.
    """
    reason: Annotated[
        str | None, Field(examples=['answered 503 Service Unavailable'])
    ] = None
    """
    Why the last attempt failed.
    """
    status: Literal['waiting', 'queued', 'sending', 'delivered', 'failed', 'skipped'] | str
    """
    A callback is waiting until the execution has ended.
    """
    status_code: int | None = None
    """
    Of the last answer; absent when there was none.
    """
    tried_at: AwareDatetime | None = None
    """
    When the last attempt began.
    """


class ExecutionEgress(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    allow: list[str]
    """
    Destinations: pypi.org:443, *.example.com, 203.0.113.0/24:5432.
    """
    applied: bool
    """
    Whether its node obeys this list already.
    """
    bytes_in: int
    bytes_out: int
    """
    From the program.
    """
    connections: int
    """
    That were made.
    """
    refused: list[EgressRefusal]
    """
    The first destinations that were refused.
    """
    refused_more: int | None = None
    """
    Refusals of destinations beyond those.
    """


class ExecutionFile(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    content: str | None = None
    """
    Its content, when it is text.
    """
    content_base64: str | None = None
    """
    Its content, when it is not.
    """
    file_id: UUID | None = None
    """
    In place of a content: a file that was uploaded to the project. Up to 8 MiB of files together are copied, and shown with their content; more are named.
    """
    path: Annotated[str, Field(examples=['data/input.csv'])]
    """
    Relative, inside the program's folder.
    """
    sha256: str | None = None
    """
    Of a file that is named: its content's hash, in hexadecimal.
    """
    size: int | None = None
    """
    Of a file that is named, in bytes.
    """


class ExecutionLimits(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    cpu_ms: Annotated[int | None, Field(ge=0)] = None
    """
    CPU time of all its processes, in milliseconds.
    """
    disk_bytes: Annotated[int | None, Field(ge=0)] = None
    """
    What may lie in /box, /tmp and /dev/shm together.
    """
    memory_bytes: Annotated[int | None, Field(ge=0)] = None
    """
    Memory of all its processes and files together.
    """
    output_bytes: Annotated[int | None, Field(ge=0)] = None
    """
    How much output is kept.
    """
    processes: Annotated[int | None, Field(ge=0)] = None
    """
    Processes and threads at once.
    """
    wall_ms: Annotated[int | None, Field(ge=0)] = None
    """
    Time on the clock, in milliseconds.
    """


class ExecutionReason(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(examples=['wall_limit'])]
    """
    Stable. exit_code, signal, compile_error; memory_limit, process_limit, disk_limit, output_limit, wall_limit, cpu_limit, idle_limit; cancelled; queue_timeout, node_lost, deadline_passed, sandbox_error, task_refused, task_invalid, file_gone, file_unread.
    """
    message: str
    """
    For people; it has the limit's value.
    """


class ExecutionReprioritizeRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    priority: Literal['critical', 'high', 'normal', 'low', 'background'] | str


class ExecutionScript(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: UUID
    """
    A UUIDv7.
    """
    name: Annotated[str, Field(examples=['hello'])]
    """
    That it had then.
    """
    version: Annotated[int, Field(examples=[2])]


class ExecutionStep(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    attempt: int | None = None
    """
    1 for the first.
    """
    event_id: UUID | None = None
    """
    The event that tells it.
    """
    name: Literal['submitted', 'queued', 'claimed', 'started', 'returned', 'cancel_asked', 'egress_changed', 'reprioritized', 'ended'] | str
    """
    claimed: a node has it. returned: to the queue, since its node was lost. ended: the result is stored, and the node's slot is free.
    """
    node_id: UUID | None = None
    """
    A UUIDv7.
    """
    reason: Annotated[str | None, Field(examples=['node_lost'])] = None
    status: str | None = None
    """
    Of the end.
    """
    time: AwareDatetime
    undone: bool | None = None
    """
    It takes back what was done before.
    """


class ExecutionTerminal(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    columns: Annotated[int, Field(examples=[80], ge=1, le=1000)]
    rows: Annotated[int, Field(examples=[24], ge=1, le=1000)]


class ExecutionUsage(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    cpu_ms: float
    peak_memory_bytes: int
    wall_ms: float


class File(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    name: Annotated[str, Field(examples=['data.csv'])]
    """
    As it was uploaded first.
    """
    organization_id: UUID
    """
    A UUIDv7.
    """
    owner_id: UUID
    """
    Who uploaded it first.
    """
    project_id: UUID
    """
    A UUIDv7.
    """
    sha256: str
    """
    Of its content, in hexadecimal.
    """
    size: int
    """
    In bytes.
    """
    uploaded_at: AwareDatetime
    """
    When its content was uploaded last.
    """


class FileReceived(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    bytes: int


class GetBatchOutputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    submissions: list[Any]
    """
    In the order that was asked for; null where there is nothing that the caller sees.
    """


class GrafanaAlert(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    annotations: dict[str, str] | None = None
    """
    summary, or description, is the text.
    """
    fingerprint: Annotated[str | None, Field(max_length=256)] = None
    labels: dict[str, str] | None = None
    """
    alertname is the title; severity is critical, high, warning or info.
    """
    startsAt: AwareDatetime | None = None
    status: Literal['firing', 'resolved'] | str


class GrafanaMessage(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    alerts: Annotated[list[GrafanaAlert], Field(max_length=100, min_length=1)]


class IdentityProviderCheck(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    algorithms: list[str]
    authorization_endpoint: str | None = None
    keys: int
    """
    How many of its signing keys Stoa can use.
    """
    names_itself: bool
    """
    In its answers (RFC 9207).
    """
    ok: bool
    pkce: bool
    """
    It says that it knows S256.
    """
    problem: str | None = None
    """
    Why people could not sign in through it.
    """
    sign_out: bool
    """
    Signing out of Stoa offers to sign out there too.
    """
    tells_logout: bool
    """
    It can tell Stoa when somebody signs out there (back-channel logout).
    """
    token_endpoint: str | None = None


class IdentityProviderRule(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    claim: Annotated[str, Field(examples=['groups'], max_length=300, min_length=1)]
    """
    A claim's name, or a path into objects.
    """
    organization_id: UUID | None = None
    """
    May be left out with a project: it is the project's.
    """
    project_id: UUID | None = None
    """
    Gives the role in this project, and membership of its organization.
    """
    role: Literal['organization.admin', 'organization.member', 'project.manager', 'project.member', 'project.viewer'] | str
    value: Annotated[str, Field(examples=['stoa-users'], max_length=300, min_length=1)]
    """
    The claim's value, or one of a list's; * is any.
    """


class IdentityProviderTestRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: UUID | None = None
    """
    The issuer of this provider.
    """
    issuer: Annotated[str | None, Field(max_length=500)] = None
    """
    Or one that is to become a provider's.
    """


class ImageSource(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    image: Annotated[
        str, Field(examples=['python:3.12-slim'], max_length=500, min_length=1)
    ]
    """
    A reference with a tag or a digest. Without a registry it is Docker Hub's.
    """
    insecure: bool | None = None
    """
    The registry may be spoken to over plain HTTP.
    """
    password: str | None = None
    """
    Kept sealed, given to nodes that pull, never shown.
    """
    username: Annotated[str | None, Field(max_length=4096)] = None
    """
    Of a private registry.
    """


class InspectedImage(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    bytes: int
    """
    Of its layers, as they are sent.
    """
    command: list[str]
    """
    What it starts by itself.
    """
    digest: str
    env: list[str]
    image: Annotated[str, Field(examples=['index.docker.io/library/python:3.12-slim'])]
    platforms: Annotated[list[str], Field(examples=[['linux/amd64']])]


class Invitation(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    email: str
    expires_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    invited_by: UUID
    """
    A UUIDv7.
    """
    organization_id: UUID
    """
    A UUIDv7.
    """
    role: str


class InvitationAcceptRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    secret: Annotated[str, Field(max_length=200)]
    """
    The link's token.
    """


class InvitationCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: Annotated[str, Field(max_length=254)]
    """
    Nothing is sent there: pass the link on.
    """
    role: Literal['organization.owner', 'organization.admin', 'organization.member'] | str


class Judge0About(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    homepage: str
    maintainer: str
    source_code: str
    version: Annotated[str, Field(examples=['1.13.1'])]


class Judge0Config(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    allow_enable_network: bool
    allow_enable_per_process_and_thread_memory_limit: bool
    allow_enable_per_process_and_thread_time_limit: bool
    allowed_languages_for_compile_options: list[str]
    callbacks_max_tries: int
    callbacks_timeout: float
    cpu_extra_time: float
    cpu_time_limit: float
    disable_implicit_base64_encoding: bool
    enable_additional_files: bool
    enable_batched_submissions: bool
    enable_callbacks: bool
    enable_command_line_arguments: bool
    enable_compiler_options: bool
    enable_network: bool
    enable_per_process_and_thread_memory_limit: bool
    enable_per_process_and_thread_time_limit: bool
    enable_submission_delete: bool
    enable_wait_result: bool
    maintenance_mode: bool
    max_cpu_extra_time: float
    max_cpu_time_limit: float
    max_extract_size: int
    max_file_size: int
    max_max_file_size: int
    max_max_processes_and_or_threads: int
    max_memory_limit: int
    max_number_of_runs: int
    max_processes_and_or_threads: int
    max_queue_size: int
    """
    The caller's own.
    """
    max_stack_limit: int
    max_submission_batch_size: int
    max_wall_time_limit: float
    memory_limit: int
    number_of_runs: int
    redirect_stderr_to_stdout: bool
    stack_limit: int
    submission_cache_duration: float
    use_docs_as_homepage: bool
    wall_time_limit: float


class Judge0Language(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: Annotated[int, Field(examples=[71])]
    is_archived: bool | None = None
    name: Annotated[str, Field(examples=['Python (3.11.2)'])]
    """
    With the version that really runs.
    """
    source_file: Annotated[str | None, Field(examples=['main.py'])] = None


class Judge0Meta(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    current_page: int
    next_page: int | None
    prev_page: int | None
    total_count: int
    total_pages: int


class Judge0Request(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    additional_files: str | None = None
    """
    A zip archive in base64, unpacked beside the program.
    """
    callback_url: str | None = None
    """
    Called with PUT and the submission when it has ended.
    """
    command_line_arguments: str | None = None
    compiler_options: str | None = None
    """
    Refused: every language is compiled in one way here.
    """
    cpu_extra_time: float | None = None
    """
    How much longer it may live before it is killed; the verdict is the limit's.
    """
    cpu_time_limit: float | None = None
    enable_network: bool | None = None
    """
    Let it reach what the caller's executions may reach.
    """
    enable_per_process_and_thread_memory_limit: bool | None = None
    """
    Refused when true, as the one before.
    """
    enable_per_process_and_thread_time_limit: bool | None = None
    """
    Refused when true: limits are for the whole process tree.
    """
    expected_output: str | None = None
    """
    What the program should write. Blanks at the ends of lines do not count.
    """
    language_id: Annotated[float | None, Field(examples=[71])] = None
    """
    Judge0's number of a language, as GET /languages lists them.
    """
    max_file_size: float | None = None
    """
    How much of stdout and stderr is kept, each.
    """
    max_processes_and_or_threads: float | None = None
    memory_limit: float | None = None
    number_of_runs: float | None = None
    """
    1: a submission is one execution.
    """
    redirect_stderr_to_stdout: bool | None = None
    source_code: Annotated[str | None, Field(examples=["print('hello')"])] = None
    """
    The program.
    """
    stack_limit: float | None = None
    """
    Accepted: the stack counts as memory.
    """
    stdin: str | None = None
    wall_time_limit: float | None = None


class Judge0Status(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    description: Annotated[str, Field(examples=['Accepted'])]
    id: Annotated[int, Field(ge=1, le=14)]


class Judge0Submission(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    additional_files: str | None = None
    """
    Always null: the unpacked files are in the execution.
    """
    callback_attempts: int | None = None
    callback_error: str | None = None
    """
    Why the last attempt failed.
    """
    callback_status: str | None = None
    """
    Stoa's own, only when asked for by name: waiting, queued, sending, delivered or failed; null without a callback.
    """
    command_line_arguments: str | None = None
    compile_output: str | None = None
    cpu_extra_time: str | None = None
    cpu_time_limit: Annotated[str | None, Field(examples=['5.0'])] = None
    created_at: Annotated[str | None, Field(examples=['2026-01-31T10:00:00.000Z'])] = (
        None
    )
    enable_network: bool | None = None
    error: str | None = None
    """
    Why the submission itself is not in the answer.
    """
    exit_code: int | None = None
    exit_signal: int | None = None
    expected_output: str | None = None
    finished_at: str | None = None
    language: Judge0Language | None = None
    language_id: int | None = None
    max_file_size: int | None = None
    max_processes_and_or_threads: int | None = None
    memory: int | None = None
    """
    Kilobytes, at most.
    """
    memory_limit: int | None = None
    message: str | None = None
    number_of_runs: int | None = None
    redirect_stderr_to_stdout: bool | None = None
    source_code: str | None = None
    started_at: str | None = None
    status: Judge0Status | None = None
    status_id: int | None = None
    stderr: str | None = None
    stdin: str | None = None
    stdout: str | None = None
    time: Annotated[str | None, Field(examples=['0.012'])] = None
    """
    Seconds of CPU.
    """
    token: UUID | None = None
    """
    The execution's id.
    """
    wall_time: str | None = None
    """
    Seconds on the clock.
    """
    wall_time_limit: str | None = None


class Judge0System(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    languages: int
    """
    How many of Judge0's numbers can run now.
    """
    product: str
    runtimes: int
    """
    How many can run now.
    """


class Judge0Workers(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    available: int
    """
    Executions under way: each has a worker of its own.
    """
    idle: int
    paused: int
    queue: str
    size: int
    """
    Executions that wait.
    """
    working: int


class Default(RootModel[str]):
    root: Annotated[str, Field(max_length=4000)]
    """
    What applies while nobody set anything.
    """


class Value(RootModel[str]):
    root: Annotated[str, Field(max_length=4000)]
    """
    What applies.
    """


class Value1(RootModel[str]):
    root: Annotated[str, Field(max_length=4000)]


class LimitScope(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: UUID | None = None
    """
    Of the value: what events and the audit trail know it by.
    """
    organization_id: UUID | None = None
    """
    A UUIDv7.
    """
    owner: UUID | None = None
    """
    A UUIDv7.
    """
    scope: Literal['global', 'organization', 'unit', 'project', 'member', 'user'] | str
    set_at: AwareDatetime | None = None
    value: int | Value1


class LimitSetRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    organization_id: UUID | None = None
    """
    Of a member: the organization. No other scope has one.
    """
    scope: Literal['global', 'organization', 'unit', 'project', 'member', 'user'] | str
    scope_id: UUID | None = None
    """
    Its id; none when global. Of a member: the user's.
    """
    value: int | Value1


class LinkedIdentity(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    issuer: str
    last_used_at: AwareDatetime
    provider: str | None = None
    """
    Absent: the issuer is no provider here any more.
    """
    subject: str
    """
    The issuer's name for the person.
    """
    title: str | None = None


class ListOutputBody1(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[File]
    next_cursor: str | None = None


class ListOutputBody2(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    meta: Judge0Meta
    submissions: list[Judge0Submission]
    """
    Newest first.
    """


class ManagedUser(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    email: str
    id: UUID
    """
    A UUIDv7.
    """
    last_sign_in_at: AwareDatetime | None = None
    locked_at: AwareDatetime | None = None
    locked_reason: str | None = None
    """
    What they are told.
    """
    name: str
    note: str | None = None
    """
    Of operators, for operators.
    """
    platform_roles: list[str]
    sessions: int
    """
    That hold.
    """
    status: Literal['active', 'invited', 'locked'] | str
    """
    invited: has set no password yet. locked: by an operator.
    """
    tokens: int


class MeChangeEmailRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str | None, Field(max_length=40)] = None
    """
    Of the authenticator app, or a recovery code, of an account without a password.
    """
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[SecretStr | None, Field(max_length=1024)] = None
    """
    Of an account that has one.
    """


class MeChangePasswordRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    current: Annotated[SecretStr, Field(max_length=1024, min_length=1)]
    new: Annotated[SecretStr, Field(max_length=1024, min_length=1)]


class MeConfirmEmailRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(max_length=40, min_length=1)]
    """
    Eight digits.
    """


class MeCredentialStruct(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    kind: Literal['session', 'token', 'external'] | str
    """
    external: an outside issuer's access token; the id is the identity that it is about.
    """
    name: str | None = None
    scopes: list[str] | None = None


class MeLinkIdentityRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    provider: Annotated[str, Field(max_length=40, min_length=1)]
    return_to: Annotated[str | None, Field(max_length=2000)] = None


class MeUpdateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(max_length=100, min_length=1)]


class Member(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: str | None = None
    joined_at: AwareDatetime
    name: str
    role: str
    service_account: bool | None = None
    user_id: UUID
    """
    A UUIDv7.
    """


class ModuleHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    error: str | None = None
    name: str
    state: Literal['idle', 'starting', 'running', 'stopping', 'stopped', 'failed'] | str


class MyOrganization(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: UUID
    """
    A UUIDv7.
    """
    name: str
    personal: bool
    role: str
    slug: str


class MyProject(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    id: UUID
    """
    A UUIDv7.
    """
    name: str
    organization_id: UUID
    """
    A UUIDv7.
    """
    role: str
    """
    The effective one: owners and admins of the organization manage its projects.
    """
    slug: str


class NodeEnforcement(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    how: Annotated[str, Field(examples=['cgroup v2'])]
    name: Annotated[str, Field(examples=['memory'])]
    ok: bool


class NodeEnrollment(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    command: str
    """
    What to run on the new machine, as root.
    """
    expires_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    token: str
    """
    Shown this once. It is good for one machine.
    """


class NodeHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    nodes: int
    status: str


class NodeRuntime(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(examples=['python'])]
    version: Annotated[str, Field(examples=['3.11.2'])]


class Notification(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    body: str | None = None
    cause: Annotated[str, Field(examples=['execution.failed.v1'])]
    """
    The type of that event; or digest, alert, message.
    """
    created_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    link: str | None = None
    """
    Where the console shows more: a path.
    """
    read_at: AwareDatetime | None = None
    reason: str | None = None
    severity: Literal['low', 'medium', 'high', 'urgent'] | str
    source_id: UUID
    """
    What led to it: the event, for most.
    """
    status: Literal['pending', 'delivered', 'skipped', 'read', 'clicked'] | str
    """
    delivered is unread; skipped was held back, and reason says why.
    """
    tags: list[str]
    title: str


class NotificationAttempt(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    answer: str | None = None
    """
    Its beginning, without what looks like a credential.
    """
    at: AwareDatetime
    error: str | None = None
    number: int
    status_code: int | None = None
    """
    HTTP's or SMTP's; absent when there was no answer.
    """
    took_ms: int


class NotificationCount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    count: int


class NotificationDelivery(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    attempts: int
    channel: Literal['webhook', 'slack', 'email'] | str
    created_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    next_at: AwareDatetime | None = None
    """
    When it is tried next.
    """
    notification_id: UUID
    """
    What receivers get as webhook-id, at every attempt. A test has one that is in no inbox.
    """
    reason: str | None = None
    """
    Why the last attempt failed.
    """
    status: Literal['queued', 'sending', 'delivered', 'failed', 'skipped'] | str
    subscription_id: UUID
    """
    A UUIDv7.
    """


class NotificationDeliveryDetails(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    attempts: int
    channel: Literal['webhook', 'slack', 'email'] | str
    created_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    next_at: AwareDatetime | None = None
    """
    When it is tried next.
    """
    notification_id: UUID
    """
    What receivers get as webhook-id, at every attempt. A test has one that is in no inbox.
    """
    payload: str
    """
    What is sent, the same at every attempt.
    """
    reason: str | None = None
    """
    Why the last attempt failed.
    """
    status: Literal['queued', 'sending', 'delivered', 'failed', 'skipped'] | str
    subscription_id: UUID
    """
    A UUIDv7.
    """
    tries: list[NotificationAttempt]


class NotificationSubscription(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    channel: Literal['in_app', 'webhook', 'slack', 'email'] | str
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None = None
    """
    Since when Stoa sends nothing, because nothing arrived. Enable it to try again.
    """
    disabled_reason: str | None = None
    enabled: bool
    exclude_tags: list[str]
    failing_since: AwareDatetime | None = None
    """
    Nothing has arrived there since.
    """
    host: str | None = None
    """
    Of the address; the rest of it is secret.
    """
    id: UUID
    """
    The console's has its user's id.
    """
    include_tags: list[str]
    """
    One of these suffices; none: everything.
    """
    min_severity: Literal['low', 'medium', 'high', 'urgent'] | str
    name: str
    signed_by_two_until: AwareDatetime | None = None
    """
    Until when the secret before the last signs too.
    """
    updated_at: AwareDatetime


class NotificationSubscriptionWithSecret(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    secret: Annotated[
        str | None, Field(examples=['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])
    ] = None
    """
    What a webhook is signed with (Standard Webhooks). It is shown this one time.
    """
    subscription: NotificationSubscription


class OmittedArtefact(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    path: str
    """
    A file, or the pattern that found none; empty where it concerns all.
    """
    reason: Annotated[str, Field(examples=['nothing matched'])]


class Organization(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    name: str
    personal: bool
    """
    It came with somebody's registration.
    """
    role: str | None = None
    """
    The caller's role, if any.
    """
    slug: str
    """
    The name as it stands in URLs; it stays when the name changes.
    """


class OrganizationCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(max_length=100, min_length=1)]


class OrganizationRenameRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(max_length=100, min_length=1)]


class OrganizationSetMemberRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    role: Literal['organization.owner', 'organization.admin', 'organization.member'] | str


class PageAuditRecord(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[AuditRecord]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageCloudEvent(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[CloudEvent]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageDeadLetter(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[DeadLetter]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageEventActor(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[EventActor]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageEventCount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[EventCount]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageExecutionDelivery(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ExecutionDelivery]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageExecutionStep(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ExecutionStep]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageInvitation(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Invitation]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageLinkedIdentity(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[LinkedIdentity]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageManagedUser(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ManagedUser]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageMember(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Member]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageNotification(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Notification]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageNotificationDelivery(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[NotificationDelivery]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageNotificationSubscription(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[NotificationSubscription]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageOrganization(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Organization]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PartitionHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    problem: str | None = None
    strays: int
    """
    Rows in the default partition, counted up to 1000.
    """
    table: str
    through: AwareDatetime
    """
    Rows have partitions of their own until then.
    """


class Passkey(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    domain: str
    """
    The host of the address that it was made at, and works at.
    """
    id: UUID
    """
    A UUIDv7.
    """
    last_used_at: AwareDatetime | None = None
    name: str


class PasskeyAddRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    credential: dict[str, Any]
    """
    What navigator.credentials.create gave, as its toJSON says.
    """
    name: Annotated[str, Field(max_length=100, min_length=1)]


class PasskeyChallenge(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_at: AwareDatetime
    options: dict[str, Any]
    """
    For PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON (WebAuthn level 3).
    """


class PasswordLink(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_at: AwareDatetime
    link: str
    """
    The console's path for it, below this installation's address.
    """
    secret: str
    """
    What sets the password; shown once.
    """
    user: ManagedUser


class PendingEmail(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: str
    expires_at: AwareDatetime
    """
    Until when the code holds.
    """


class PistonFile(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    content: str
    encoding: Literal['utf8', 'base64', 'hex'] | str | None = 'utf8'
    name: Annotated[str | None, Field(max_length=255)] = None
    """
    The first file is called what its runtime calls it, whatever its name.
    """


class PistonRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    args: Annotated[list[str] | None, Field(max_length=256)] = None
    compile_cpu_time: float | None = None
    """
    Accepted, as compile_timeout.
    """
    compile_memory_limit: float | None = None
    """
    Accepted, as compile_timeout.
    """
    compile_timeout: float | None = None
    """
    Accepted; compiling has the node's own limits.
    """
    files: Annotated[list[PistonFile], Field(max_length=100, min_length=1)]
    """
    The first one is run.
    """
    language: Annotated[str, Field(examples=['python'], max_length=64, min_length=1)]
    run_cpu_time: float | None = None
    run_memory_limit: float | None = None
    run_timeout: float | None = None
    stdin: str | None = None
    version: Annotated[str, Field(examples=['3.x'], max_length=64, min_length=1)]
    """
    A version or a semver range; * is the newest.
    """


class PistonRuntime(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    aliases: list[str]
    language: Annotated[str, Field(examples=['javascript'])]
    runtime: Annotated[str | None, Field(examples=['node'])] = None
    """
    The interpreter, where the language has several.
    """
    version: Annotated[str, Field(examples=['20.19.2'])]


class PistonStage(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: int | None
    cpu_time: float
    memory: int
    message: str | None
    output: str
    """
    Both, in the order of writing.
    """
    signal: str | None
    status: str | None
    """
    TO timed out, RE ended with another code than 0, SG by a signal, OL wrote too much, XX could not be run.
    """
    stderr: str
    stdout: str
    wall_time: float


class PreferenceChange(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    changed_at: AwareDatetime
    patch: dict[str, Any]
    """
    What it changed, as a merge patch.
    """
    restored: int | None = None
    """
    The version that it went back to.
    """
    version: int


class PreferenceHistoryResponse(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[PreferenceChange]
    next_cursor: str | None = None


class PreferencePreferences(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    custom: dict[str, Any]
    """
    Whatever your own tools keep here, by key.
    """
    date_format: Literal['YYYY-MM-DD', 'DD.MM.YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY'] | str
    editor: EditorPreferences
    theme: Literal['auto', 'light', 'dark'] | str
    time_format: Literal['24h', '12h'] | str
    timezone: Annotated[str, Field(examples=['Europe/Zurich'])]
    """
    An IANA name; empty is the browser's.
    """


class PreferenceRestoreRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    at: AwareDatetime | None = None
    """
    How it was at this time.
    """
    version: Annotated[int | None, Field(ge=0)] = None
    """
    How it was after this change; 0 is the defaults.
    """


class Preferences(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    preferences: PreferencePreferences
    updated_at: AwareDatetime | None = None
    version: int
    """
    Counts your changes; 0 when there was none.
    """


class ProblemField(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    location: str
    message: str


class ProblemLimit(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: str
    owner: str | None = None
    scope: str
    text: str | None = None
    unit: str | None = None
    value: int


class Project(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    archived_at: AwareDatetime | None = None
    """
    Since when it takes no new work.
    """
    created_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    name: str
    organization_id: UUID
    """
    A UUIDv7.
    """
    role: str | None = None
    """
    The caller's effective role, if any: owners and admins of the organization manage its projects.
    """
    slug: str
    """
    The name as it stands in URLs; it stays when the name changes.
    """
    unit_id: UUID | None = None
    """
    A UUIDv7.
    """


class ProjectCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(max_length=100, min_length=1)]
    organization_id: UUID | None = None
    """
    The organization of your default project when absent.
    """
    unit_id: UUID | None = None
    """
    A UUIDv7.
    """


class ProjectSetMemberRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    role: Literal['project.manager', 'project.member', 'project.viewer'] | str


class ProjectUpdateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str | None, Field(max_length=100, min_length=1)] = None
    unit_id: UUID | None = None
    """
    The unit to put it into; the nil UUID puts it directly below the organization.
    """


class ProviderRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    audiences: Annotated[list[str] | None, Field(max_length=20)] = None
    """
    The API accepts the issuer's access tokens that are meant for one of these; none when absent.
    """
    client_id: Annotated[str, Field(max_length=300, min_length=1)]
    client_secret: Annotated[str | None, Field(max_length=1000)] = None
    """
    Kept sealed, never shown. Absent: as it is; a new provider without one is a public client.
    """
    disabled: bool | None = None
    """
    Nobody signs in through it; disabling ends the sessions that it opened.
    """
    issuer: Annotated[
        str,
        Field(
            examples=['https://id.example.org/realms/main'],
            max_length=500,
            min_length=1,
        ),
    ]
    """
    Its URL, exactly as it writes it itself; stays.
    """
    name: Annotated[
        str,
        Field(
            examples=['example'],
            max_length=40,
            min_length=1,
            pattern='^[a-z][a-z0-9-]*$',
        ),
    ]
    """
    Stands in addresses; stays.
    """
    registration: Literal['closed', 'rules', 'open'] | str | None = None
    """
    Who gets an account: nobody, whom a rule gives a membership (when absent), everybody whom the issuer knows.
    """
    rules: Annotated[list[IdentityProviderRule] | None, Field(max_length=200)] = None
    scope_claim: Annotated[str | None, Field(max_length=300)] = None
    """
    The claim of access tokens that names the commands and groups that they may use, for instance scope. Absent: everything that the person may do.
    """
    scopes: Annotated[list[str] | None, Field(max_length=20)] = None
    """
    Asked for beside openid; profile and email when absent.
    """
    title: Annotated[
        str, Field(examples=['Example account'], max_length=100, min_length=1)
    ]
    """
    Stands on the button.
    """
    trusts_email: bool | None = None
    """
    The issuer's e-mail addresses are true: who has an account's address gets the account.
    """


class ProviderTerms(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    audiences: Annotated[list[str] | None, Field(max_length=20)] = None
    """
    The API accepts the issuer's access tokens that are meant for one of these; none when absent.
    """
    client_id: Annotated[str, Field(max_length=300, min_length=1)]
    client_secret: Annotated[str | None, Field(max_length=1000)] = None
    """
    Kept sealed, never shown. Absent: as it is; a new provider without one is a public client.
    """
    disabled: bool | None = None
    """
    Nobody signs in through it; disabling ends the sessions that it opened.
    """
    registration: Literal['closed', 'rules', 'open'] | str | None = None
    """
    Who gets an account: nobody, whom a rule gives a membership (when absent), everybody whom the issuer knows.
    """
    rules: Annotated[list[IdentityProviderRule] | None, Field(max_length=200)] = None
    scope_claim: Annotated[str | None, Field(max_length=300)] = None
    """
    The claim of access tokens that names the commands and groups that they may use, for instance scope. Absent: everything that the person may do.
    """
    scopes: Annotated[list[str] | None, Field(max_length=20)] = None
    """
    Asked for beside openid; profile and email when absent.
    """
    title: Annotated[
        str, Field(examples=['Example account'], max_length=100, min_length=1)
    ]
    """
    Stands on the button.
    """
    trusts_email: bool | None = None
    """
    The issuer's e-mail addresses are true: who has an account's address gets the account.
    """


class Queue(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    active: int
    by_priority: dict[str, int]
    oldest: AwareDatetime | None = None
    """
    When the longest-waiting one was submitted.
    """
    queued: int


class RateResetRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    user_id: UUID
    """
    The user or service account.
    """


class RateRule(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(examples=['rate.execute'])]
    organization_id: UUID | None = None
    """
    Of a member's value: the organization.
    """
    owner: UUID | None = None
    """
    The organization, unit, project or user whose value it is.
    """
    scope: Literal['global', 'organization', 'unit', 'project', 'member', 'user'] | str
    """
    Whose value it is.
    """
    unit: Annotated[str, Field(examples=['requests/minute'])]
    value: int


class ReadInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    clicked: bool | None = None
    """
    Its link was followed.
    """


class RecoveryCodes(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    recovery_codes: list[str]
    """
    For who loses the app; each works once.
    """


class Redirect(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    url: str
    """
    Empty: nowhere.
    """


class Registration(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    mode: Literal['closed', 'invited', 'open'] | str


class ReplayEvents(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    actor_id: UUID | None = None
    """
    A UUIDv7.
    """
    after_position: Annotated[int | None, Field(ge=0)] = None
    """
    Only after this place in the log.
    """
    correlation_id: Annotated[str | None, Field(max_length=128)] = None
    from_: Annotated[AwareDatetime | None, Field(alias='from')] = None
    kind: Annotated[str | None, Field(examples=['execution'], max_length=64)] = None
    """
    The kind of thing that they are about.
    """
    project_id: UUID | None = None
    """
    A UUIDv7.
    """
    subject_id: UUID | None = None
    """
    The very thing that they are about: one execution, say.
    """
    to: AwareDatetime | None = None
    types: Annotated[
        list[str] | None, Field(examples=[['execution.completed.v1']], max_length=50)
    ] = None


class ReplayRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    batch: Annotated[int | None, Field(ge=0, le=1000)] = None
    """
    So many at once; 100 when absent.
    """
    consumer: Annotated[str | None, Field(max_length=100)] = None
    dry_run: bool | None = None
    """
    Only count. The preview can be started later.
    """
    events: ReplayEvents | None = None
    max_events: Annotated[int | None, Field(ge=0, le=1000000)] = None
    """
    At most so many; 100000 when absent.
    """
    name: Annotated[str | None, Field(max_length=200)] = None
    organization_id: UUID | None = None
    """
    Makes it this organization's own: of its events only, to a callback or a file, seen and steered by its admins. The platform's own when absent.
    """
    skip_errors: bool | None = None
    """
    Go on without what the target does not take.
    """
    speed: Annotated[float | None, Field(ge=0.0, le=100.0)] = None
    """
    0.1 to 100 times as fast as it happened; as fast as the target takes them when absent.
    """
    start: bool | None = None
    """
    At once.
    """
    start_at: AwareDatetime | None = None
    """
    At a time.
    """
    target: Literal['bus', 'consumer', 'callback', 'file'] | str
    """
    bus: published under stoa.replay.<id>. consumer: handled again by a consumer that says it is replayable. callback: posted to a URL, signed, as CloudEvents batches. file: kept as JSON lines to download.
    """
    url: Annotated[str | None, Field(max_length=2048)] = None


class RetryDeadLettersRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    all: bool | None = None
    """
    Every open one; with nothing else.
    """
    at: AwareDatetime | None = None
    """
    Not before this time; at once when absent.
    """
    consumer: Annotated[str | None, Field(max_length=100)] = None
    event_ids: Annotated[list[UUID] | None, Field(max_length=1000)] = None
    failed_before: AwareDatetime | None = None
    kind: Annotated[str | None, Field(examples=['execution'], max_length=64)] = None
    """
    The kind of thing that the events are about.
    """
    max: Annotated[int | None, Field(ge=0, le=1000)] = None
    """
    At most so many, the oldest first; 1000 when absent.
    """
    reason: Annotated[str | None, Field(max_length=200)] = None
    """
    A part of the reason.
    """
    types: Annotated[list[str] | None, Field(max_length=50)] = None
    """
    Types of events.
    """


class RetryPolicy(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    at: Annotated[str | None, Field(examples=['03:30'])] = None
    """
    Of scheduled: the time of the day, UTC.
    """
    attempts: int
    """
    Including the first. Then the event is a pending dead letter.
    """
    consumer: str | None = None
    """
    Empty: every consumer that sets nothing itself.
    """
    factor: float
    """
    Of exponential: how much longer each pause is than the one before.
    """
    first_ms: int
    """
    The first pause; of fixed, every one.
    """
    kind: Annotated[str | None, Field(examples=['execution'])] = None
    """
    The kind of thing that the events are about; empty: every kind.
    """
    longest_ms: int
    """
    Of exponential: the longest pause.
    """
    strategy: Literal['immediate', 'exponential', 'fixed', 'scheduled', 'manual'] | str
    updated_at: AwareDatetime


class RetryPolicySet(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    at: Annotated[
        str | None, Field(examples=['03:30'], pattern='^([01][0-9]|2[0-3]):[0-5][0-9]$')
    ] = None
    """
    Of scheduled: the time of the day, UTC.
    """
    attempts: Annotated[int, Field(ge=1, le=1000)]
    """
    Including the first.
    """
    consumer: Annotated[str | None, Field(max_length=100)] = None
    """
    Empty: every consumer that sets nothing itself.
    """
    factor: Annotated[float | None, Field(ge=1.0, le=100.0)] = None
    """
    Of exponential: how much longer each pause is than the one before; 2 when absent.
    """
    first_ms: Annotated[int | None, Field(ge=0, le=86400000)] = None
    """
    The first pause; of fixed, every one.
    """
    kind: Annotated[str | None, Field(examples=['execution'], max_length=64)] = None
    """
    The kind of thing that the events are about; empty: every kind.
    """
    longest_ms: Annotated[int | None, Field(ge=0, le=604800000)] = None
    """
    Of exponential: the longest pause; first_ms when absent.
    """
    strategy: Literal['immediate', 'exponential', 'fixed', 'scheduled', 'manual'] | str


class RuntimeClass(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(examples=['gvisor'])]
    promise: str
    """
    What it keeps apart.
    """
    ready: bool
    """
    Whether a ready node offers it now.
    """
    start_ms: int
    """
    What it usually adds before the program's first line, in milliseconds.
    """


class RuntimeNode(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    class_reason: str | None = None
    """
    Why class process is not among them.
    """
    classes: Annotated[list[str] | None, Field(examples=[['process', 'fresh']])] = None
    """
    The isolation classes that the node runs it in, as it has found out by trying; absent before it is ready.
    """
    done_bytes: int | None = None
    node: str
    node_id: UUID
    """
    A UUIDv7.
    """
    reason: str | None = None
    """
    Why it failed last. It is tried again, with growing pauses.
    """
    reported_at: AwareDatetime
    runtime: Annotated[str, Field(examples=['python@3.12.8'])]
    state: Literal['waiting', 'pulling', 'ready', 'failed'] | str
    total_bytes: int | None = None
    """
    Of its layers, as they are sent; absent while unknown.
    """


class RuntimeNodesResponse(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[RuntimeNode]


class RuntimeRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    class_: Annotated[
        Literal['auto', 'fresh', 'gvisor'] | str | None, Field(alias='class')
    ] = None
    """
    The weakest isolation class that its runs are given; auto, or absent: the settings decide.
    """
    command: Annotated[
        list[str] | None, Field(examples=[['python3', '-u', '{file}']])
    ] = None
    """
    Starts the program; {file} is the source's name. Absent: the image's own command, and the source.
    """
    compile: list[str] | None = None
    """
    Compiles the source first.
    """
    digest: Annotated[str | None, Field(max_length=100)] = None
    """
    What the reference must mean. If it means something else now, nothing is made.
    """
    egress: Annotated[
        list[str] | None, Field(examples=[['pypi.org:443']], max_length=64)
    ] = None
    """
    What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it.
    """
    env: dict[str, str] | None = None
    """
    Environment variables, over the image's own.
    """
    example: Annotated[str | None, Field(max_length=10000)] = None
    """
    A program that shows what the runtime can do.
    """
    file_name: Annotated[str, Field(examples=['main.py'], max_length=64, min_length=1)]
    """
    What the source is called in the program's folder.
    """
    image: Annotated[
        str, Field(examples=['python:3.12-slim'], max_length=500, min_length=1)
    ]
    """
    A reference with a tag or a digest. Without a registry it is Docker Hub's.
    """
    insecure: bool | None = None
    """
    The registry may be spoken to over plain HTTP.
    """
    name: Annotated[str, Field(examples=['python'], max_length=31, min_length=1)]
    password: str | None = None
    """
    Kept sealed, given to nodes that pull, never shown.
    """
    username: Annotated[str | None, Field(max_length=4096)] = None
    """
    Of a private registry.
    """
    version: Annotated[str, Field(examples=['3.12.8'], max_length=31, min_length=1)]
    """
    A version never changes; it can only be retired.
    """


class RuntimeUpdateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    class_: Annotated[
        Literal['auto', 'fresh', 'gvisor'] | str | None, Field(alias='class')
    ] = None
    """
    The weakest isolation class that its runs are given; auto: the settings decide.
    """
    egress: Annotated[
        list[str] | None, Field(examples=[['pypi.org:443']], max_length=64)
    ] = None
    """
    What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it; empty: nothing.
    """


class ScriptCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    description: Annotated[str | None, Field(max_length=500)] = None
    name: Annotated[str, Field(examples=['hello'], max_length=63, min_length=1)]
    """
    a-z, 0-9, “.”, “_”, “-”.
    """
    project_id: UUID | None = None
    """
    The caller's default when absent.
    """
    runtime: Annotated[
        str, Field(examples=['python@3.11'], max_length=64, min_length=1)
    ]
    """
    With as much of a version as matters.
    """
    shared: bool | None = None
    """
    Let everybody who sees the project see and run it.
    """
    source: Annotated[str, Field(examples=["print('hello')"], min_length=1)]


class ScriptExample(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    language: Annotated[str, Field(examples=['python'])]
    """
    The runtime's name.
    """
    name: Annotated[str, Field(examples=['python/3.10-match'])]
    needs: Annotated[
        str | None, Field(examples=['python 3.14 or newer; the newest here is 3.11.7'])
    ] = None
    """
    What is missing, when nothing here runs it.
    """
    output: str
    """
    What it prints.
    """
    runs_on: list[str]
    """
    Runtimes that nodes have now and that accept it, the newest first.
    """
    since: Annotated[str, Field(examples=['3.10'])]
    """
    The first version that accepts it.
    """
    source: str
    title: str
    """
    What it shows.
    """


class ScriptSaveRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    after: Annotated[int | None, Field(ge=0)] = None
    """
    The version that was changed: refused when somebody saved another one meanwhile.
    """
    runtime: Annotated[
        str, Field(examples=['python@3.11'], max_length=64, min_length=1)
    ]
    """
    With as much of a version as matters.
    """
    source: Annotated[str, Field(examples=["print('hello')"], min_length=1)]


class ScriptUpdateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    description: Annotated[str | None, Field(max_length=500)] = None
    name: Annotated[str | None, Field(max_length=63)] = None
    shared: bool | None = None


class ScriptVersion(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    author_id: UUID
    """
    A UUIDv7.
    """
    created_at: AwareDatetime
    number: int
    runtime: Annotated[str, Field(examples=['python@3.11'])]
    source: str | None = None
    """
    Only when one version is asked for.
    """


class ScriptVersionsResponse(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ScriptVersion]
    next_cursor: str | None = None


class SecondFactor(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    enrolled: bool
    """
    Whether signing in asks for a code of an authenticator app.
    """
    enrolled_at: AwareDatetime | None = None
    recovery_codes: int
    """
    How many are left.
    """
    required: bool
    """
    Whether the setting identity.second_factor.required asks it of you.
    """


class SecondFactorEnrollment(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    qr: list[str]
    """
    The address as QR code to draw: one text per row, 1 is dark. The quiet zone around it is not included.
    """
    secret: str
    """
    To type into the app: base 32, SHA-1, six digits, every 30 seconds.
    """
    uri: str
    """
    The same as otpauth:// address.
    """


class SecondFactorStep(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_at: AwareDatetime
    step: str
    """
    Send it with the code to /api/v1/auth/second-factor.
    """


class SendInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    at: AwareDatetime | None = None
    """
    When; at most 25 days ahead. At once when absent.
    """
    body: Annotated[str | None, Field(max_length=2000)] = None
    severity: Literal['low', 'medium', 'high', 'urgent'] | str | None = 'medium'
    tags: Annotated[list[str] | None, Field(max_length=20)] = None
    title: Annotated[str, Field(max_length=200, min_length=1)]
    user_id: UUID | None = None
    """
    Whom to tell; all operators when absent.
    """


class ServiceAccount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    created_by: UUID
    """
    A UUIDv7.
    """
    description: str | None = None
    disabled: bool
    """
    Its keys are refused until it is enabled.
    """
    disabled_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    keys: int
    """
    How many keys hold now: at most 2.
    """
    last_used_at: AwareDatetime | None = None
    """
    Of any of its keys, to the minute.
    """
    name: str
    organization_id: UUID
    """
    A UUIDv7.
    """
    project_id: UUID | None = None
    """
    The only project that its keys reach; absent: it belongs to the organization as a whole.
    """
    role: str | None = None
    """
    In its project, or else in its organization; absent when somebody took it away.
    """
    scopes: list[str]
    """
    Commands and queries, or groups of them, that its keys may issue; empty: all that its roles allow.
    """


class ServiceAccountCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    description: Annotated[str | None, Field(max_length=500)] = None
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650)] = 90
    """
    How long the first key lasts.
    """
    name: Annotated[str, Field(max_length=100, min_length=1)]
    project_id: UUID | None = None
    """
    The only project that it shall reach. Without it, it belongs to the organization as a whole.
    """
    role: Literal['organization.admin', 'organization.member', 'project.manager', 'project.member', 'project.viewer'] | str
    """
    In the project, or else in the organization. Nobody gives more than they have.
    """
    scopes: Annotated[list[str] | None, Field(max_length=100)] = None
    """
    Names of commands and queries, or groups of them like execution.*; all that its roles allow when absent.
    """


class ServiceAccountRotateKeyRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650)] = 90
    """
    How long the new key lasts.
    """
    overlap_hours: Annotated[int | None, Field(ge=0, le=720)] = None
    """
    How long the key before still holds: 24 hours when absent; with 0 all keys before end now.
    """


class ServiceKey(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    current: bool
    """
    The one that asks.
    """
    expires_at: AwareDatetime | None
    id: UUID
    """
    A UUIDv7.
    """
    last_used_at: AwareDatetime | None = None
    """
    To the minute.
    """


class Session(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    current: bool
    """
    The one that asks.
    """
    expires_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    last_used_at: AwareDatetime | None = None
    """
    To the minute.
    """
    remote_address: str | None = None
    """
    Where it was opened.
    """
    user_agent: str | None = None


class Setup(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    needed: bool
    """
    The first administrator is still to come; stoad prints the link.
    """


class SetupCompleteRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: Annotated[str, Field(max_length=254)]
    name: Annotated[str, Field(max_length=100, min_length=1)]
    password: Annotated[SecretStr, Field(max_length=1024, min_length=1)]
    """
    At least as long as the setting identity.password.min_length says.
    """
    token: Annotated[str, Field(max_length=200)]
    """
    From the link that stoad prints.
    """


class SignInProvider(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: str
    title: str


class Sink(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    address: str
    created_at: AwareDatetime
    error: str | None = None
    """
    Of a failing one: the last. Of a paused one: why Stoa paused it.
    """
    failing_since: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    kind: Literal['jetstream', 'kafka'] | str
    lag: int
    """
    Positions behind the log's head.
    """
    name: str
    organization_id: UUID | None = None
    """
    Whose own it is, and whose events it gets; absent: the platform's, everybody's.
    """
    position: int
    """
    Up to here of the log it has what it is to get.
    """
    prefix: str
    schema_registry: str | None = None
    sent: int
    sent_at: AwareDatetime | None = None
    state: Literal['sending', 'failing', 'paused'] | str
    subject_kind: str | None = None
    types: list[str]


class SinkChange(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    address: Annotated[str | None, Field(max_length=1000, min_length=1)] = None
    """
    With another address the credentials must be given too: those that are kept are not shown to it.
    """
    credentials: Annotated[str | None, Field(max_length=1000)] = None
    """
    user:password; empty: none. Kept sealed, never shown.
    """
    schema_registry: Annotated[str | None, Field(max_length=1000)] = None
    """
    Empty: none.
    """
    schema_registry_credentials: Annotated[str | None, Field(max_length=1000)] = None
    """
    user:password; empty: none. Kept sealed, never shown.
    """
    subject_kind: Annotated[str | None, Field(max_length=64)] = None
    """
    Only about things of this kind; empty: of all.
    """
    types: Annotated[list[str] | None, Field(max_length=50)] = None
    """
    Only of these types; empty: of all.
    """


class SinkRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    address: Annotated[
        str,
        Field(examples=['nats://nats.example.org:4222'], max_length=1000, min_length=1),
    ]
    """
    nats://host:4222, or Kafka's brokers host:9092; several with commas.
    """
    credentials: Annotated[str | None, Field(max_length=1000)] = None
    """
    user:password. Kept sealed, never shown.
    """
    everything: bool | None = None
    """
    From the log's beginning, not from now on.
    """
    kind: Literal['jetstream', 'kafka'] | str
    name: Annotated[str, Field(examples=['warehouse'], max_length=63, min_length=1)]
    organization_id: UUID | None = None
    """
    Makes it this organization's own: it gets its events only, its admins see and steer it, and its address must be a public one. The platform's own when absent, with everybody's events.
    """
    prefix: Annotated[str | None, Field(max_length=63)] = None
    """
    Of subjects and topics; stoa when absent.
    """
    schema_registry: Annotated[
        str | None, Field(examples=['https://registry.example.org'], max_length=1000)
    ] = None
    """
    Of Kafka: URL of a schema registry (Confluent's protocol). Records are framed then: a zero byte, the number of the schema in four, the event.
    """
    schema_registry_credentials: Annotated[str | None, Field(max_length=1000)] = None
    """
    user:password. Kept sealed, never shown.
    """
    subject_kind: Annotated[
        str | None, Field(examples=['execution'], max_length=64)
    ] = None
    """
    Only about things of this kind.
    """
    types: Annotated[list[str] | None, Field(max_length=50)] = None
    """
    Only of these types.
    """


class StdinWritten(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    bytes: int
    """
    That the program will get.
    """


class SubscribeInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    channel: Literal['webhook', 'slack', 'email'] | str
    exclude_tags: Annotated[list[str] | None, Field(max_length=20)] = None
    include_tags: Annotated[
        list[str] | None, Field(examples=[['execution']], max_length=20)
    ] = None
    """
    One of these suffices; none: everything.
    """
    min_severity: Literal['low', 'medium', 'high', 'urgent'] | str | None = 'medium'
    name: Annotated[str | None, Field(max_length=100)] = None
    """
    The address's host when absent.
    """
    url: Annotated[str | None, Field(max_length=2048)] = None
    """
    Of the webhook, or Slack's incoming webhook. E-mail goes to the account's address.
    """


class Token(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    current: bool
    """
    The one that asks.
    """
    expires_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    last_used_at: AwareDatetime | None = None
    """
    To the minute.
    """
    name: str
    project_id: UUID | None = None
    """
    The only project that it reaches, if any.
    """
    scopes: list[str]
    """
    Commands and queries, or groups of them, that it may issue; empty: all that you may.
    """


class TokenCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_at: AwareDatetime | None = None
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650)] = None
    """
    Instead of expires_at.
    """
    name: Annotated[str, Field(max_length=100, min_length=1)]
    project_id: UUID | None = None
    """
    The only project that it shall reach.
    """
    scopes: Annotated[list[str] | None, Field(max_length=100)] = None
    """
    Names of commands and queries, or groups of them like execution.*; all that you may when absent.
    """


class TypesOutputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[EventTypeSummary]
    """
    All types, sorted by name.
    """


class Unit(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    name: str
    organization_id: UUID
    """
    A UUIDv7.
    """
    parent_id: UUID | None = None
    """
    A UUIDv7.
    """


class UnitCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(max_length=100, min_length=1)]
    parent_id: UUID | None = None
    """
    The unit to put it into; directly below the organization when absent.
    """


class UnitUpdateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str | None, Field(max_length=100, min_length=1)] = None
    parent_id: UUID | None = None
    """
    The unit to put it into; the nil UUID puts it directly below the organization.
    """


class User(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    email: str | None = None
    """
    Absent for service accounts.
    """
    id: UUID
    """
    A UUIDv7.
    """
    name: str
    service_account: bool | None = None


class UserCreateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: Annotated[str, Field(max_length=254)]
    name: Annotated[str, Field(max_length=100, min_length=1)]
    operator: bool | None = None
    """
    They run the installation.
    """


class UserLockRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    reason: Annotated[str | None, Field(max_length=200)] = None
    """
    For them to read.
    """


class UserOverview(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    cpu_ms: int
    """
    CPU time of all of them.
    """
    executions: dict[str, int]
    """
    How many of theirs are kept, by status.
    """
    organizations: list[MyOrganization]
    passkeys: int
    projects: list[MyProject]
    second_factor: bool
    """
    Whether they have an authenticator app.
    """
    sessions: list[Session]
    tokens: list[Token]
    user: ManagedUser
    wall_ms: int
    """
    Wall time of all of them.
    """


class UserUpdateRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    email: Annotated[str | None, Field(max_length=254)] = None
    """
    What they sign in with from now on. Sessions and tokens go on.
    """
    name: Annotated[str | None, Field(max_length=100, min_length=1)] = None
    note: Annotated[str | None, Field(max_length=2000)] = None
    """
    For operators alone.
    """
    operator: bool | None = None
    """
    Whether they run the installation.
    """


class WaitingUser(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: str | None = None
    oldest: AwareDatetime
    queued: int
    user_id: UUID
    """
    A UUIDv7.
    """


class ArtefactList(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ExecutionArtefact]
    omitted: list[OmittedArtefact]


class BatchInputBody1(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    submissions: list[Judge0Request]


class CreatedInvitation(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    invitation: Invitation
    link: str
    """
    The console's path for it, below this installation's address.
    """
    secret: str
    """
    What the invited person registers with or accepts; shown once.
    """


class CreatedServiceAccount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    key: ServiceKey
    secret: str
    """
    Send it as “Authorization: Bearer …”; shown once.
    """
    service_account: ServiceAccount


class CreatedToken(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    secret: str
    """
    Send it as “Authorization: Bearer …”; shown once.
    """
    token: Token


class DeviceRefusal(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(examples=['not_found'])]
    """
    The rule that refused, stable across versions.
    """
    correlation_id: str | None = None
    """
    Finds this request in logs, events and the audit trail.
    """
    detail: str
    """
    What happened and what to do, for a person.
    """
    error: Literal['authorization_pending', 'slow_down', 'access_denied', 'expired_token', 'invalid_grant'] | str | None = (
        None
    )
    """
    OAuth's name of it; the same as the code.
    """
    errors: list[ProblemField] | None = None
    """
    Which values of the request are wrong.
    """
    instance: str | None = None
    """
    The path that was asked for.
    """
    kind: Literal['internal', 'invalid', 'unauthenticated', 'denied', 'not_found', 'conflict', 'mismatch', 'limited', 'unavailable'] | str
    """
    What sort of thing went wrong; decides whether trying again helps.
    """
    limit: ProblemLimit | None = None
    """
    The limit that was hit, its value, and whose it is.
    """
    status: Annotated[int, Field(examples=[404])]
    """
    The HTTP status.
    """
    title: Annotated[str, Field(examples=['Not Found'])]
    """
    The status in words.
    """
    type: Annotated[str, Field(examples=['/docs/errors#not_found'])]
    """
    Where this kind of problem is explained.
    """


class DeviceToken(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    access_token: str
    """
    The secret, where clients of OAuth look for it.
    """
    expires_in: int | None = None
    """
    How long it lasts, in seconds.
    """
    secret: str
    """
    Send it as “Authorization: Bearer …”; shown once.
    """
    token: Token
    token_type: Literal['Bearer'] | str


class Execution(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    args: list[str] | None = None
    artefacts: list[ExecutionArtefact] | None = None
    """
    What it left behind; not in lists.
    """
    artefacts_asked: list[str] | None = None
    """
    The patterns of what it is to leave behind.
    """
    artefacts_omitted: list[OmittedArtefact] | None = None
    """
    What it was asked to leave behind and did not, and why.
    """
    attached: list[ExecutionAttachment] | None = None
    """
    Who follows it now, on every connection; of interactive ones, while they last.
    """
    attempt: int
    cancel_requested: bool | None = None
    class_: Annotated[str | None, Field(alias='class')] = None
    """
    The isolation class that it must be given; absent when any will do.
    """
    class_asked: str | None = None
    """
    The isolation class that was asked for.
    """
    class_given: str | None = None
    """
    How its node ran it: that class, or a stronger one.
    """
    created_at: AwareDatetime
    egress: ExecutionEgress | None = None
    ended_at: AwareDatetime | None = None
    env: dict[str, str] | None = None
    exit_code: int | None = None
    files: list[ExecutionFile] | None = None
    id: UUID
    """
    A UUIDv7.
    """
    interactive: bool | None = None
    """
    Whether it can be written to while it runs.
    """
    limits: ExecutionLimits
    network: bool
    node_id: UUID | None = None
    """
    A UUIDv7.
    """
    organization_id: UUID
    """
    A UUIDv7.
    """
    owner_id: UUID
    """
    A UUIDv7.
    """
    owner_kind: Literal['user', 'service_account'] | str | None = None
    """
    Absent when the owner was deleted.
    """
    owner_name: str | None = None
    """
    Only in lists over several projects, as the following.
    """
    priority: str
    project_id: UUID
    """
    A UUIDv7.
    """
    project_name: str | None = None
    queue_explanation: str | None = None
    """
    Why it still waits.
    """
    queue_position: int | None = None
    """
    1 is next; absent when it does not wait.
    """
    queue_reason: Annotated[str | None, Field(examples=['busy'])] = None
    """
    The same as a code: owner_limit, project_limit, organization_limit, no_node, no_runtime, no_class, preparing, cordoned, no_sandbox, busy, starting.
    """
    reason: ExecutionReason | None = None
    recorded: bool | None = None
    """
    Whether it is recorded.
    """
    retry_of: UUID | None = None
    """
    A UUIDv7.
    """
    runtime: Annotated[str, Field(examples=['python@3.11.2'])]
    scheduled_at: AwareDatetime | None = None
    script: ExecutionScript | None = None
    """
    The saved script that it was run from, if it was.
    """
    signal: Annotated[str | None, Field(examples=['SIGSEGV'])] = None
    source: str | None = None
    """
    Only when one execution is asked for, as the following.
    """
    stage: Literal['pending', 'scheduled', 'provisioning', 'active', 'stopping', 'stopped'] | str
    """
    The word that all kinds of workload share.
    """
    started_at: AwareDatetime | None = None
    status: Literal['queued', 'scheduled', 'running', 'completed', 'failed', 'timed_out', 'cancelled', 'error'] | str
    stderr: str | None = None
    stderr_truncated: bool | None = None
    stdin: str | None = None
    stdout: str | None = None
    """
    What was kept of the output, as text; the exact bytes are at …/stdout.
    """
    stdout_truncated: bool | None = None
    terminal: ExecutionTerminal | None = None
    """
    Its size as it was asked for.
    """
    usage: ExecutionUsage | None = None
    version: int


class ExecutionRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    args: list[str] | None = None
    """
    The program's arguments.
    """
    artefacts: Annotated[
        list[str] | None, Field(examples=[['out/**']], max_length=32)
    ] = None
    """
    Which files of its folder the program leaves behind: patterns such as plot.png, *.csv, out/**. They are listed at …/artefacts once it has ended.
    """
    class_: Annotated[
        Literal['process', 'fresh', 'gvisor'] | str | None, Field(alias='class')
    ] = None
    """
    Isolation class. Absent: as the settings say (execution.class.default).
    """
    egress: Annotated[
        list[str] | None, Field(examples=[['pypi.org:443']], max_length=64)
    ] = None
    """
    What the program may connect to, and nothing else: names, *.names, addresses, ranges (CIDR), each with or without a port. Asks for the network by itself. Absent: what the runtime says; "none", alone: nothing, whatever the runtime says.
    """
    env: dict[str, str] | None = None
    """
    Environment variables; nothing else of the host's environment is visible.
    """
    files: list[ExecutionFile] | None = None
    """
    Extra files in the program's folder.
    """
    interactive: bool | None = None
    """
    Keep standard input open after stdin, to be written to while the program runs (…/attach, …/stdin).
    """
    limits: ExecutionLimits | None = None
    network: bool | None = None
    """
    Whether the program may reach the network: without egress, everything that is allowed here. Off unless an administrator allows it.
    """
    priority: Literal['critical', 'high', 'normal', 'low', 'background'] | str | None = None
    """
    At most execution.priority.max. Absent: normal, or that limit where it is lower.
    """
    project_id: UUID | None = None
    """
    The project to run in; the caller's default when absent.
    """
    record: bool | None = None
    """
    Keep what is said, with its times (…/recording). Interactive executions only.
    """
    runtime: Annotated[str | None, Field(examples=['python@3.11'], max_length=64)] = (
        None
    )
    """
    A language, with as much of a version as matters: python, python@3, python@3.11.2.
    """
    script: Annotated[str | None, Field(examples=['hello@2'], max_length=80)] = None
    """
    A saved script to run, in place of runtime and source: a name in the project, or an id; @2 is its version 2.
    """
    source: Annotated[str | None, Field(examples=["print('hello')"])] = None
    """
    The program.
    """
    stdin: str | None = None
    """
    What the program reads from its standard input.
    """
    terminal: ExecutionTerminal | None = None
    """
    Give the program a terminal of this size in place of three pipes. It is interactive then, and all output is stdout.
    """


class Health(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    bus: BusHealth
    database: DatabaseHealth
    events: EventlogHealth
    modules: list[ModuleHealth]
    nodes: list[NodeHealth]
    """
    How many nodes are in each status.
    """
    partitions: list[PartitionHealth]
    ready: bool
    replica: str
    """
    The process that answered.
    """
    started_at: AwareDatetime
    version: str


class IdentityProvider(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    audiences: list[str]
    client_id: str
    created_at: AwareDatetime
    disabled: bool | None = None
    has_secret: bool
    id: UUID
    """
    A UUIDv7.
    """
    issuer: str
    logout_uri: str
    """
    Where the issuer may tell that somebody signed out there (back-channel logout).
    """
    name: str
    redirect_uri: str
    """
    What the issuer must know as the client's redirect URI.
    """
    registration: Literal['closed', 'rules', 'open'] | str
    rules: list[IdentityProviderRule]
    scope_claim: str | None = None
    scopes: list[str]
    title: str
    trusts_email: bool
    updated_at: AwareDatetime


class Judge0Refusal(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(examples=['not_found'])]
    """
    The rule that refused, stable across versions.
    """
    correlation_id: str | None = None
    """
    Finds this request in logs, events and the audit trail.
    """
    detail: str
    """
    What happened and what to do, for a person.
    """
    error: str | None = None
    """
    What happened, where Judge0's clients look for it.
    """
    errors: list[ProblemField] | None = None
    """
    Which values of the request are wrong.
    """
    instance: str | None = None
    """
    The path that was asked for.
    """
    kind: Literal['internal', 'invalid', 'unauthenticated', 'denied', 'not_found', 'conflict', 'mismatch', 'limited', 'unavailable'] | str
    """
    What sort of thing went wrong; decides whether trying again helps.
    """
    limit: ProblemLimit | None = None
    """
    The limit that was hit, its value, and whose it is.
    """
    status: Annotated[int, Field(examples=[404])]
    """
    The HTTP status.
    """
    title: Annotated[str, Field(examples=['Not Found'])]
    """
    The status in words.
    """
    type: Annotated[str, Field(examples=['/docs/errors#not_found'])]
    """
    Where this kind of problem is explained.
    """


class Limit(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    default: int | Default
    """
    What applies while nobody set anything.
    """
    global_only: bool | None = None
    """
    It holds for the whole installation.
    """
    help: str
    kind: Literal['setting', 'limit'] | str
    """
    setting: the nearest scope wins. limit: the smallest of all scopes applies.
    """
    max: int | None = None
    min: int | None = None
    name: Annotated[str, Field(examples=['execution.concurrent'])]
    operator_only: bool | None = None
    """
    Only operators set it.
    """
    organization_id: UUID | None = None
    """
    Of a member's value: the organization whose administrators set it.
    """
    owner: UUID | None = None
    """
    The organization, unit, project or user whose value it is.
    """
    scope: Literal['global', 'organization', 'unit', 'project', 'member', 'user'] | str
    """
    Whose value it is.
    """
    set: list[LimitScope]
    """
    What the scopes around the caller set, innermost first.
    """
    unit: Annotated[str | None, Field(examples=['bytes'])] = None
    used: int | None = None
    """
    How much of it is used now, where that is counted.
    """
    value: int | Value
    """
    What applies.
    """
    words: list[str] | None = None
    """
    The values in words; those of a limit go from the most to the least.
    """


class ListOutputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Execution]
    next_cursor: str | None = None


class Me(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    credential: MeCredentialStruct
    default_project_id: UUID | None = None
    """
    A UUIDv7.
    """
    has_password: bool | None = None
    """
    Whether you can sign in with a password.
    """
    organizations: list[MyOrganization]
    pending_email: PendingEmail | None = None
    """
    An address that you asked for, until the code that was sent there is given.
    """
    platform_roles: list[str]
    projects: list[MyProject]
    user: User


class Node(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    address: str | None = None
    """
    Where its agent dialled from.
    """
    agent_version: str | None = None
    arch: Annotated[str | None, Field(examples=['amd64'])] = None
    cordoned: bool
    """
    Nothing new is placed here.
    """
    cores: int
    drained: bool
    """
    It was drained, and nothing runs here any more.
    """
    enforcement: list[NodeEnforcement]
    """
    How each promise of the sandbox is kept there.
    """
    enrolled_at: AwareDatetime
    id: UUID
    """
    A UUIDv7.
    """
    last_seen_at: AwareDatetime | None = None
    memory_bytes: int
    name: str
    os: Annotated[str | None, Field(examples=['linux'])] = None
    reason: str | None = None
    """
    Why it takes no work.
    """
    runtimes: list[NodeRuntime]
    slots_total: int
    """
    How many programs may run at once.
    """
    slots_used: int
    """
    How many ran when the agent was last heard.
    """
    status: Literal['enrolling', 'ready', 'draining', 'offline', 'retired'] | str


class PageIdentityProvider(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[IdentityProvider]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageLimit(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Limit]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageNode(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Node]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PagePasskey(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Passkey]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageProject(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Project]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageRetryPolicy(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[RetryPolicy]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageScriptExample(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ScriptExample]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageServiceAccount(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ServiceAccount]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageServiceKey(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[ServiceKey]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageSession(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Session]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageSignInProvider(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[SignInProvider]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageSink(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Sink]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageToken(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Token]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageUnit(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Unit]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PistonAnswer(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    compile: PistonStage | None = None
    """
    Only when a compiler refused the program; there is no run then.
    """
    language: str
    run: PistonStage | None = None
    version: str


class PistonRefusal(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(examples=['not_found'])]
    """
    The rule that refused, stable across versions.
    """
    correlation_id: str | None = None
    """
    Finds this request in logs, events and the audit trail.
    """
    detail: str
    """
    What happened and what to do, for a person.
    """
    errors: list[ProblemField] | None = None
    """
    Which values of the request are wrong.
    """
    instance: str | None = None
    """
    The path that was asked for.
    """
    kind: Literal['internal', 'invalid', 'unauthenticated', 'denied', 'not_found', 'conflict', 'mismatch', 'limited', 'unavailable'] | str
    """
    What sort of thing went wrong; decides whether trying again helps.
    """
    limit: ProblemLimit | None = None
    """
    The limit that was hit, its value, and whose it is.
    """
    message: str | None = None
    """
    What happened, where Piston's clients look for it.
    """
    status: Annotated[int, Field(examples=[404])]
    """
    The HTTP status.
    """
    title: Annotated[str, Field(examples=['Not Found'])]
    """
    The status in words.
    """
    type: Annotated[str, Field(examples=['/docs/errors#not_found'])]
    """
    Where this kind of problem is explained.
    """


class ProblemDetails(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(examples=['not_found'])]
    """
    The rule that refused, stable across versions.
    """
    correlation_id: str | None = None
    """
    Finds this request in logs, events and the audit trail.
    """
    detail: str
    """
    What happened and what to do, for a person.
    """
    errors: list[ProblemField] | None = None
    """
    Which values of the request are wrong.
    """
    instance: str | None = None
    """
    The path that was asked for.
    """
    kind: Literal['internal', 'invalid', 'unauthenticated', 'denied', 'not_found', 'conflict', 'mismatch', 'limited', 'unavailable'] | str
    """
    What sort of thing went wrong; decides whether trying again helps.
    """
    limit: ProblemLimit | None = None
    """
    The limit that was hit, its value, and whose it is.
    """
    status: Annotated[int, Field(examples=[404])]
    """
    The HTTP status.
    """
    title: Annotated[str, Field(examples=['Not Found'])]
    """
    The status in words.
    """
    type: Annotated[str, Field(examples=['/docs/errors#not_found'])]
    """
    Where this kind of problem is explained.
    """


class Rate(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    burst: int
    """
    As many may come at once, when none came for a while.
    """
    group: Literal['execute', 'api', 'admin', 'auth', 'stream'] | str
    """
    execute: submitted executions. api: other requests. admin: administrative changes. auth: sign-ins and the like. stream: event streams and attachments opened, by SSE and WebSocket.
    """
    limited: bool
    """
    False: rate.bypass lifts it, and the numbers are 0.
    """
    remaining: int
    """
    As many would be let through right now, of burst; as this replica has counted.
    """
    requests: int
    """
    In each window.
    """
    reset_at: AwareDatetime | None = None
    """
    When an operator last made it whole again.
    """
    reset_seconds: int
    """
    Until the whole burst is there again, if no more come.
    """
    retry_seconds: int
    """
    Until the next one is let through; 0: at once.
    """
    rules: list[RateRule]
    """
    The settings that make it: rate.GROUP, rate.GROUP.burst_percent, rate.multiplier_percent and rate.bypass.
    """
    window_seconds: int


class Replay(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    batch: int
    consumer: str | None = None
    counts: Any
    """
    How many of each type there were when it was made.
    """
    created_at: AwareDatetime
    created_by: UUID | None = None
    """
    A UUIDv7.
    """
    ended_at: AwareDatetime | None = None
    events: ReplayEvents
    failed: int
    """
    How many the target did not take.
    """
    id: UUID
    """
    A UUIDv7.
    """
    max_events: int
    name: str | None = None
    organization_id: UUID | None = None
    """
    Whose own it is; absent: the platform's.
    """
    position: int
    """
    Up to here of the log it is done.
    """
    reason: str | None = None
    """
    Why it failed.
    """
    secret: str | None = None
    """
    Of a new replay to a callback: signs its calls (Standard Webhooks). Shown this once.
    """
    sent: int
    skip_errors: bool
    speed: float | None = None
    start_at: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    status: Literal['preview', 'scheduled', 'created', 'running', 'paused', 'completed', 'failed', 'cancelled'] | str
    target: Literal['bus', 'consumer', 'callback', 'file'] | str
    total: int
    """
    How many there are to be.
    """
    url: str | None = None


class RotatedServiceKey(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    before_ends_at: AwareDatetime | None = None
    """
    Until when the key before holds; absent when there was none.
    """
    key: ServiceKey
    secret: str
    """
    Send it as “Authorization: Bearer …”; shown once.
    """


class Runtime(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    aliases: list[str]
    class_: Annotated[str | None, Field(alias='class')] = None
    """
    The weakest isolation class that its runs are given; absent: the settings decide.
    """
    classes: list[RuntimeClass]
    """
    The isolation classes that it can be run in, the fastest first.
    """
    compiled: bool
    default: bool
    """
    Whether the bare name means this version.
    """
    digest: str | None = None
    """
    What the image's reference meant when the runtime was made, and means for ever.
    """
    egress: Annotated[list[str] | None, Field(examples=[['pypi.org:443']])] = None
    """
    What runs may connect to that name no list of their own, as far as execution.egress.allowed admits it.
    """
    example: str
    """
    A program that shows what the runtime can do.
    """
    failing: int | None = None
    """
    How many nodes could not pull its image, and try again.
    """
    file_name: str
    id: Annotated[str, Field(examples=['python@3.11.2'])]
    image: Annotated[
        str | None, Field(examples=['index.docker.io/library/python:3.12-slim'])
    ] = None
    """
    The image that it is; absent when nodes have it installed.
    """
    name: str
    nodes: int
    """
    How many ready nodes have it.
    """
    pulling: int | None = None
    """
    How many nodes are getting its image ready.
    """
    version: str


class RuntimeListResponse(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Runtime]


class Script(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    created_at: AwareDatetime
    description: str
    id: UUID
    """
    A UUIDv7.
    """
    latest: int
    """
    The number of its newest version.
    """
    name: Annotated[str, Field(examples=['hello'])]
    organization_id: UUID
    """
    A UUIDv7.
    """
    owner_id: UUID
    """
    A UUIDv7.
    """
    project_id: UUID
    """
    A UUIDv7.
    """
    shared: bool
    """
    Whether everybody who sees the project sees it; otherwise its owner alone.
    """
    updated_at: AwareDatetime
    version: ScriptVersion | None = None
    """
    Only when one script is asked for.
    """


class ScriptListResponse(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Script]
    next_cursor: str | None = None


class SignInAnswer(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    second_factor: SecondFactorStep | None = None
    """
    What is still asked for. Nobody has signed in yet.
    """
    user: User | None = None
    """
    Who has signed in.
    """


class SignedInBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    user: User


class WaitingQueue(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    by_priority: dict[str, int]
    by_user: list[WaitingUser]
    """
    Who has most waiting, the 20 first.
    """
    items: list[Execution]
    next_cursor: str | None = None
    oldest: AwareDatetime | None = None
    """
    When the longest-waiting one was submitted.
    """
    queued: int
    """
    How many wait that match, on all pages.
    """


class BatchInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    executions: Annotated[list[ExecutionRequest], Field(max_length=1000, min_length=1)]


class BatchItem(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    execution: Execution | None = None
    problem: ProblemDetails | None = None


class BatchOutputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[BatchItem]


class PageRate(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Rate]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """


class PageReplay(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Replay]
    next_cursor: str | None = None
    """
    Ask for the next page with ?cursor=; absent on the last.
    """
