import { Problem } from "@stoa/sdk";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { AuditSearch } from "../features/audit/queries.ts";
import type { LetterSearch } from "../features/deadLetters/queries.ts";
import type { EventSearch } from "../features/events/queries.ts";
import type { QueueSearch } from "../features/queue/queries.ts";
import type { UserSearch } from "../features/users/queries.ts";
import { Broken } from "./shell/Broken.tsx";
import { Splash } from "./shell/Splash.tsx";
import { parseSearch, stringifySearch } from "./search.ts";
import { meQuery } from "./session.ts";
import { queryClient } from "./stoa.ts";

const root = createRootRoute({ notFoundComponent: lazyRouteComponent(() => import("../routes/not-found.tsx"), "NotFoundPage") });

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

// Before anybody is signed in.
const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: (s: Record<string, unknown>): { token?: string } => ({ token: text(s.token) }),
  component: lazyRouteComponent(() => import("../routes/setup.tsx"), "SetupPage"),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (s: Record<string, unknown>): { next?: string; problem?: string } => ({ next: text(s.next), problem: text(s.problem) }),
  component: lazyRouteComponent(() => import("../routes/sign-in.tsx"), "SignInPage"),
});
const register = createRoute({
  getParentRoute: () => root,
  path: "/register",
  component: lazyRouteComponent(() => import("../routes/register.tsx"), "RegisterPage"),
});
const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  validateSearch: (s: Record<string, unknown>): { token?: string } => ({ token: text(s.token) }),
  component: lazyRouteComponent(() => import("../routes/set-password.tsx"), "SetPasswordPage"),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  validateSearch: (s: Record<string, unknown>): { token?: string } => ({ token: text(s.token) }),
  component: lazyRouteComponent(() => import("../routes/invitation.tsx"), "InvitationPage"),
});

// Who is not signed in is sent to do so, and back. A session that may only enrol a second factor leads there.
const signedIn = async ({ location }: { location: { href: string; pathname: string } }) => {
  try {
    const me = await queryClient.ensureQueryData(meQuery);
    if (me.credential.kind === "session" && me.credential.scopes?.length && location.pathname !== "/second-factor") throw redirect({ to: "/second-factor" });
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === 401) throw redirect({ to: "/sign-in", search: { next: location.href } });
    throw thrown;
  }
};
const device = createRoute({
  getParentRoute: () => root,
  path: "/device",
  validateSearch: (s: Record<string, unknown>): { code?: string } => ({ code: text(s.code) }),
  component: lazyRouteComponent(() => import("../routes/device.tsx"), "DevicePage"),
  pendingComponent: Splash,
  errorComponent: Broken,
  beforeLoad: signedIn,
});

const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  component: lazyRouteComponent(() => import("../routes/second-factor.tsx"), "SecondFactorPage"),
  pendingComponent: Splash,
  errorComponent: Broken,
  beforeLoad: signedIn,
});

// Everything else stands in the shell, for who is signed in.
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: lazyRouteComponent(() => import("./shell/Shell.tsx"), "Shell"),
  pendingComponent: Splash,
  errorComponent: Broken,
  beforeLoad: signedIn,
});
const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/run" });
  },
});
const run = createRoute({
  getParentRoute: () => shell,
  path: "/run",
  validateSearch: (s: Record<string, unknown>): { runtime?: string; from?: string; script?: string; file?: string } => ({ runtime: text(s.runtime), from: text(s.from), script: text(s.script), file: text(s.file) }),
  component: lazyRouteComponent(() => import("../routes/run.tsx"), "RunPage"),
});
const executions = createRoute({
  getParentRoute: () => shell,
  path: "/executions",
  validateSearch: (s: Record<string, unknown>): { status?: string; runtime?: string; script?: string; owner?: string; hours?: string } => ({ status: text(s.status), runtime: text(s.runtime), script: text(s.script), owner: text(s.owner), hours: text(s.hours) }),
  component: lazyRouteComponent(() => import("../routes/executions.tsx"), "ExecutionsPage"),
});
const execution = createRoute({
  getParentRoute: () => shell,
  path: "/executions/$id",
  component: lazyRouteComponent(() => import("../routes/execution.tsx"), "ExecutionPage"),
});
const scripts = createRoute({
  getParentRoute: () => shell,
  path: "/scripts",
  component: lazyRouteComponent(() => import("../routes/scripts.tsx"), "ScriptsPage"),
});
const files = createRoute({
  getParentRoute: () => shell,
  path: "/files",
  component: lazyRouteComponent(() => import("../routes/files.tsx"), "FilesPage"),
});
const runtimes = createRoute({
  getParentRoute: () => shell,
  path: "/runtimes",
  component: lazyRouteComponent(() => import("../routes/runtimes.tsx"), "RuntimesPage"),
});
const queue = createRoute({
  getParentRoute: () => shell,
  path: "/queue",
  validateSearch: (s: Record<string, unknown>): QueueSearch => ({
    view: s.view === "all" ? "all" : undefined, organization: text(s.organization), project: text(s.project), user: text(s.user), priority: text(s.priority), status: text(s.status), runtime: text(s.runtime), hours: text(s.hours),
  }),
  component: lazyRouteComponent(() => import("../routes/queue.tsx"), "QueuePage"),
});
const nodes = createRoute({
  getParentRoute: () => shell,
  path: "/nodes",
  component: lazyRouteComponent(() => import("../routes/nodes.tsx"), "NodesPage"),
});
const health = createRoute({
  getParentRoute: () => shell,
  path: "/health",
  component: lazyRouteComponent(() => import("../routes/health.tsx"), "HealthPage"),
});
const events = createRoute({
  getParentRoute: () => shell,
  path: "/events",
  validateSearch: (s: Record<string, unknown>): EventSearch => ({
    type: text(s.type), kind: text(s.kind), subject: text(s.subject), actor: text(s.actor), correlation: text(s.correlation), hours: text(s.hours), view: text(s.view),
  }),
  component: lazyRouteComponent(() => import("../routes/events.tsx"), "EventsPage"),
});
const deadLetters = createRoute({
  getParentRoute: () => shell,
  path: "/dead-letters",
  validateSearch: (s: Record<string, unknown>): LetterSearch => ({ consumer: text(s.consumer), state: text(s.state), reason: text(s.reason) }),
  component: lazyRouteComponent(() => import("../routes/dead-letters.tsx"), "DeadLettersPage"),
});
const replays = createRoute({
  getParentRoute: () => shell,
  path: "/replays",
  component: lazyRouteComponent(() => import("../routes/replays.tsx"), "ReplaysPage"),
});
const sinks = createRoute({
  getParentRoute: () => shell,
  path: "/sinks",
  component: lazyRouteComponent(() => import("../routes/sinks.tsx"), "SinksPage"),
});
const users = createRoute({
  getParentRoute: () => shell,
  path: "/users",
  validateSearch: (s: Record<string, unknown>): UserSearch => ({ find: text(s.find), status: text(s.status) }),
  component: lazyRouteComponent(() => import("../routes/users.tsx"), "UsersPage"),
});
const user = createRoute({
  getParentRoute: () => shell,
  path: "/users/$id",
  component: lazyRouteComponent(() => import("../routes/user.tsx"), "UserPage"),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("../routes/settings.tsx"), "SettingsPage"),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: (s: Record<string, unknown>): AuditSearch => ({
    actor: text(s.actor), action: text(s.action), kind: text(s.kind), target: text(s.target), outcome: text(s.outcome),
    correlation: text(s.correlation), project: text(s.project), hours: text(s.hours),
  }),
  component: lazyRouteComponent(() => import("../routes/audit.tsx"), "AuditPage"),
});
const providers = createRoute({
  getParentRoute: () => shell,
  path: "/providers",
  component: lazyRouteComponent(() => import("../routes/providers.tsx"), "ProvidersPage"),
});
const members = createRoute({
  getParentRoute: () => shell,
  path: "/members",
  validateSearch: (s: Record<string, unknown>): { organization?: string; account?: string } => ({ organization: text(s.organization), account: text(s.account) }),
  component: lazyRouteComponent(() => import("../routes/members.tsx"), "MembersPage"),
});
const projects = createRoute({
  getParentRoute: () => shell,
  path: "/projects",
  validateSearch: (s: Record<string, unknown>): { organization?: string } => ({ organization: text(s.organization) }),
  component: lazyRouteComponent(() => import("../routes/projects.tsx"), "ProjectsPage"),
});
const project = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$id",
  component: lazyRouteComponent(() => import("../routes/project.tsx"), "ProjectPage"),
});
const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/tokens",
  component: lazyRouteComponent(() => import("../routes/tokens.tsx"), "TokensPage"),
});
const limits = createRoute({
  getParentRoute: () => shell,
  path: "/limits",
  component: lazyRouteComponent(() => import("../routes/limits.tsx"), "LimitsPage"),
});
const notifications = createRoute({
  getParentRoute: () => shell,
  path: "/notifications",
  component: lazyRouteComponent(() => import("../routes/notifications.tsx"), "NotificationsPage"),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  validateSearch: (s: Record<string, unknown>): { problem?: string } => ({ problem: text(s.problem) }),
  component: lazyRouteComponent(() => import("../routes/account.tsx"), "AccountPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup, signIn, register, setPassword, invitation, device, secondFactor,
    shell.addChildren([home, run, executions, execution, scripts, files, runtimes, queue, nodes, health, events, deadLetters, replays, sinks, users, user, settings, audit, providers, projects, project, members, tokens, limits, notifications, account]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingMs: 300,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
