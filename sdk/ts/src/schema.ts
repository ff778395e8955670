// Hand-written until api/openapi.yaml exists.
import type { ProblemBody } from "./problem.ts";

type Json<T> = { content: { "application/json": T } };
type Failure = { content: { "application/problem+json": ProblemBody } };
type Op<R, P = Record<string, never>, Q = Record<string, never>, B = undefined> = {
  parameters: { query?: Q; path: P; header?: { "Idempotency-Key"?: string; Prefer?: string }; cookie?: never };
  requestBody: B extends undefined ? never : Json<B>;
  responses: { 200: Json<R>; default: Failure };
};
type NoPath = Record<never, never>;
interface ById { id: string }
interface Paging { cursor?: string; limit?: number }
interface Page<T> { items: T[]; next_cursor?: string }

export interface components {
  schemas: {
    ExecutionRequest: {
      project_id?: string; runtime: string; source: string; stdin?: string; args?: string[]; env?: Record<string, string>;
      files?: components["schemas"]["ExecutionFile"][]; limits?: components["schemas"]["ExecutionLimits"];
      priority?: "critical" | "high" | "normal" | "low" | "background"; network?: boolean;
    };
    ExecutionFile: { path: string; content?: string; content_base64?: string };
    ExecutionLimits: { wall_ms?: number; cpu_ms?: number; memory_bytes?: number; processes?: number; output_bytes?: number; disk_bytes?: number };
    ExecutionReason: { code: string; message: string };
    ExecutionUsage: { wall_ms: number; cpu_ms: number; peak_memory_bytes: number };
    Execution: {
      id: string; project_id: string; organization_id: string; owner_id: string; runtime: string;
      status: "queued" | "scheduled" | "running" | "completed" | "failed" | "timed_out" | "cancelled" | "error";
      stage: "pending" | "scheduled" | "provisioning" | "active" | "stopping" | "stopped";
      reason?: components["schemas"]["ExecutionReason"]; priority: string; network: boolean; cancel_requested?: boolean;
      queue_position?: number; queue_explanation?: string; node_id?: string; attempt: number; exit_code?: number; signal?: string;
      stdout?: string; stderr?: string; stdout_truncated?: boolean; stderr_truncated?: boolean;
      limits: components["schemas"]["ExecutionLimits"]; usage?: components["schemas"]["ExecutionUsage"];
      created_at: string; scheduled_at?: string; started_at?: string; ended_at?: string; retry_of?: string; version: number;
      source?: string; stdin?: string; args?: string[]; env?: Record<string, string>; files?: components["schemas"]["ExecutionFile"][];
    };
    Queue: { queued: number; active: number; by_priority: Record<string, number>; oldest?: string };
    Runtime: {
      id: string; name: string; version: string; default: boolean; file_name: string; example: string; compiled: boolean;
      class: string; nodes: number; aliases: string[];
    };
    Node: {
      id: string; name: string; status: "enrolling" | "ready" | "draining" | "offline" | "retired"; cordoned: boolean; address?: string;
      agent_version: string; os: string; arch: string; cores: number; memory_bytes: number; slots_total: number; slots_used: number;
      runtimes: { name: string; version: string }[]; enforcement: { name: string; how: string; ok: boolean }[];
      enrolled_at?: string; last_seen_at?: string; reason?: string;
    };
    Enrollment: { token: string; expires_at: string; command: string };
    User: { id: string; email: string; name: string; created_at: string };
    Me: {
      user: components["schemas"]["User"]; credential: { kind: string; id: string; expires_at?: string }; platform_roles: string[];
      organizations: { id: string; name: string; slug: string; role: string; personal: boolean }[];
      projects: { id: string; name: string; slug: string; organization_id: string; role: string }[];
      default_project_id: string;
    };
    Session: { id: string; created_at: string; last_seen_at?: string; expires_at: string; user_agent?: string; remote_address?: string; current?: boolean };
    Token: { id: string; name: string; scopes?: string[]; project_id?: string; created_at: string; expires_at?: string; last_used_at?: string };
    Member: { user_id: string; email: string; name: string; role: string; since?: string };
    Invitation: { id: string; email: string; role: string; created_at: string; expires_at: string };
    Limit: {
      name: string; kind: "setting" | "limit" | "quota"; unit: string; help: string; value: number | string; scope: string; owner?: string;
      default: number | string; min?: number; max?: number;
    };
    Health: Record<string, unknown>;
    Event: {
      id: string; type: string; subject: string; time: string; stoaversion: number; stoaposition?: number; stoaproject?: string;
      stoaorganization?: string; stoaactorkind: string; stoaactor?: string; stoacorrelation?: string; data: Record<string, unknown>;
    };
    Project: { id: string; name: string; slug: string; organization_id: string };
  };
}
type S = components["schemas"];

export interface paths {
  "/api/v1/setup": { get: Op<{ needed: boolean }, NoPath>; post: Op<{ user: S["User"] }, NoPath, NoPath, { token: string; email: string; name: string; password: string }> };
  "/api/v1/auth/registration": { get: Op<{ mode: "closed" | "invited" | "open" }, NoPath> };
  "/api/v1/auth/register": { post: Op<{ user: S["User"] }, NoPath, NoPath, { email: string; name: string; password: string; invitation?: string }> };
  "/api/v1/auth/sign-in": { post: Op<{ user: S["User"] }, NoPath, NoPath, { email: string; password: string }> };
  "/api/v1/auth/sign-out": { post: Op<unknown, NoPath> };
  "/api/v1/me": { get: Op<S["Me"], NoPath> };
  "/api/v1/me/password": { post: Op<unknown, NoPath, NoPath, { current: string; new: string }> };
  "/api/v1/me/sessions": { get: Op<Page<S["Session"]>, NoPath> };
  "/api/v1/me/sessions/{id}": { delete: Op<unknown, ById> };
  "/api/v1/tokens": {
    get: Op<Page<S["Token"]>, NoPath, Paging>;
    post: Op<{ token: S["Token"]; secret: string }, NoPath, NoPath, { name: string; scopes?: string[]; project_id?: string; expires_in_days?: number }>;
  };
  "/api/v1/tokens/{id}": { delete: Op<unknown, ById> };
  "/api/v1/organizations/{id}/members": { get: Op<Page<S["Member"]>, ById, Paging> };
  "/api/v1/organizations/{id}/members/{user_id}": { put: Op<unknown, ById & { user_id: string }, NoPath, { role: string }>; delete: Op<unknown, ById & { user_id: string }> };
  "/api/v1/organizations/{id}/invitations": {
    get: Op<Page<S["Invitation"]>, ById, Paging>;
    post: Op<{ invitation: S["Invitation"]; link: string }, ById, NoPath, { email: string; role: string }>;
  };
  "/api/v1/invitations/{id}": { delete: Op<unknown, ById> };
  "/api/v1/projects": { post: Op<S["Project"], NoPath, NoPath, { name: string; organization_id?: string }> };
  "/api/v1/limits": { get: Op<Page<S["Limit"]>, NoPath, { project_id?: string }> };
  "/api/v1/limits/{name}": {
    put: Op<unknown, { name: string }, NoPath, { scope: string; scope_id?: string; value: number | string }>;
    delete: Op<unknown, { name: string }, { scope: string; scope_id?: string }>;
  };
  "/api/v1/nodes": { get: Op<Page<S["Node"]>, NoPath, Paging> };
  "/api/v1/nodes/{id}": { get: Op<S["Node"], ById>; delete: Op<unknown, ById> };
  "/api/v1/nodes/enrollments": { post: Op<S["Enrollment"], NoPath, NoPath, { name?: string; ttl_seconds?: number }> };
  "/api/v1/nodes/{id}/cordon": { post: Op<S["Node"], ById> };
  "/api/v1/nodes/{id}/uncordon": { post: Op<S["Node"], ById> };
  "/api/v1/nodes/{id}/drain": { post: Op<S["Node"], ById> };
  "/api/v1/runtimes": { get: Op<{ items: S["Runtime"][] }, NoPath> };
  "/api/v1/executions": {
    get: Op<Page<S["Execution"]>, NoPath, Paging & { project_id?: string; status?: string[]; runtime?: string; owner?: "me" }>;
    post: Op<S["Execution"], NoPath, NoPath, S["ExecutionRequest"]>;
  };
  "/api/v1/executions/queue": { get: Op<S["Queue"], NoPath> };
  "/api/v1/executions/{id}": { get: Op<S["Execution"], ById>; delete: Op<unknown, ById> };
  "/api/v1/executions/{id}/cancel": { post: Op<S["Execution"], ById> };
  "/api/v1/executions/{id}/retry": { post: Op<S["Execution"], ById> };
  "/api/v1/events": { get: Op<Page<S["Event"]>, NoPath, Paging & { project_id?: string; type?: string; subject?: string }> };
  "/api/v1/health": { get: Op<S["Health"], NoPath> };
}
