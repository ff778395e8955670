"""The shapes of the API, generated from its contract."""


from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SecretStr,
)


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


class EventType(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    name: Annotated[str, Field(examples=['execution.completed.v1'])]
    schema_: Annotated[Any, Field(alias='schema')]
    """
    JSON Schema (2020-12) of the data. Within a version fields are only added, so ignore those that you do not know.
    """


class EventlogHealth(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    consumers: list[ConsumerState]
    head: int
    oldest_seconds: float
    unsequenced: int


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
    path: Annotated[str, Field(examples=['data/input.csv'])]
    """
    Relative, inside the program's folder.
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
    memory_bytes: Annotated[int | None, Field(ge=0)] = None
    output_bytes: Annotated[int | None, Field(ge=0)] = None
    """
    How much output is kept.
    """
    processes: Annotated[int | None, Field(ge=0)] = None
    wall_ms: Annotated[int | None, Field(ge=0)] = None
    """
    Time on the clock, in milliseconds.
    """


class ExecutionReason(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    code: Annotated[str, Field(examples=['wall_limit'])]
    message: str


class ExecutionRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    args: list[str] | None = None
    """
    The program's arguments.
    """
    env: dict[str, str] | None = None
    """
    Environment variables; nothing else of the host's environment is visible.
    """
    files: list[ExecutionFile] | None = None
    """
    Extra files in the program's folder.
    """
    limits: ExecutionLimits | None = None
    network: bool | None = None
    """
    Whether the program may reach the network. Off unless an administrator allows it.
    """
    priority: Literal['critical', 'high', 'normal', 'low', 'background'] | str | None = (
        'normal'
    )
    project_id: UUID | None = None
    """
    The project to run in; the caller's default when absent.
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


class ExecutionUsage(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    cpu_ms: float
    peak_memory_bytes: int
    wall_ms: float


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


class Default(RootModel[str]):
    root: Annotated[str, Field(max_length=64)]
    """
    What applies while nobody set anything.
    """


class Value(RootModel[str]):
    root: Annotated[str, Field(max_length=64)]
    """
    What applies.
    """


class Value1(RootModel[str]):
    root: Annotated[str, Field(max_length=64)]


class LimitScope(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    owner: UUID | None = None
    """
    A UUIDv7.
    """
    scope: Literal['global', 'organization', 'unit', 'project', 'user'] | str
    value: int | Value1


class LimitSetRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    scope: Literal['global', 'organization', 'unit', 'project', 'user'] | str
    scope_id: UUID | None = None
    """
    Its id; none when global.
    """
    value: int | Value1


class MeChangePasswordRequest(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    current: Annotated[SecretStr, Field(max_length=1024, min_length=1)]
    new: Annotated[SecretStr, Field(max_length=1024, min_length=1)]


class MeCredentialStruct(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    expires_at: AwareDatetime | None = None
    id: UUID
    """
    A UUIDv7.
    """
    kind: Literal['session', 'token'] | str
    name: str | None = None
    scopes: list[str] | None = None


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


class PageCloudEvent(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[CloudEvent]
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


class PageMember(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Member]
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


class Registration(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    mode: Literal['closed', 'invited', 'open'] | str


class Runtime(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    aliases: list[str]
    class_: Annotated[str, Field(alias='class')]
    """
    How it is isolated.
    """
    compiled: bool
    default: bool
    """
    Whether the bare name means this version.
    """
    example: str
    """
    A program that shows what the runtime can do.
    """
    file_name: str
    id: Annotated[str, Field(examples=['python@3.11.2'])]
    name: str
    nodes: int
    """
    How many ready nodes have it.
    """
    version: str


class RuntimeListResponse(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Runtime]


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
    items: list[str]
    """
    The names of all types, sorted.
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


class BatchInputBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    executions: Annotated[list[ExecutionRequest], Field(max_length=1000, min_length=1)]


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


class CreatedToken(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    secret: str
    """
    Send it as “Authorization: Bearer …”; shown once.
    """
    token: Token


class Execution(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    args: list[str] | None = None
    attempt: int
    cancel_requested: bool | None = None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    env: dict[str, str] | None = None
    exit_code: int | None = None
    files: list[ExecutionFile] | None = None
    id: UUID
    """
    A UUIDv7.
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
    priority: str
    project_id: UUID
    """
    A UUIDv7.
    """
    queue_explanation: str | None = None
    """
    Why it still waits.
    """
    queue_position: int | None = None
    """
    1 is next; absent when it does not wait.
    """
    reason: ExecutionReason | None = None
    retry_of: UUID | None = None
    """
    A UUIDv7.
    """
    runtime: Annotated[str, Field(examples=['python@3.11.2'])]
    scheduled_at: AwareDatetime | None = None
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
    usage: ExecutionUsage | None = None
    version: int


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
    owner: UUID | None = None
    """
    The organization, unit, project or user whose value it is.
    """
    scope: Literal['global', 'organization', 'unit', 'project', 'user'] | str
    """
    Whose value it is.
    """
    set: list[LimitScope]
    """
    What the scopes around the caller set, innermost first.
    """
    unit: Annotated[str | None, Field(examples=['bytes'])] = None
    value: int | Value
    """
    What applies.
    """
    words: list[str] | None = None
    """
    The values of a setting in words.
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
    organizations: list[MyOrganization]
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


class PageProject(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    items: list[Project]
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


class SignedInBody(BaseModel):
    model_config = ConfigDict(
        extra='ignore',
    )
    user: User


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
