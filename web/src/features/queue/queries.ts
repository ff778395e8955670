import { data, type Execution, type ExecutionStatus } from "@stoa/sdk";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";
import { since } from "../../ui/since.ts";

/** What of the queue is looked at, as the address bar holds it. */
export interface QueueSearch {
  /** all: executions whatever their status, else what waits. */
  view?: "all";
  organization?: string;
  project?: string;
  user?: string;
  priority?: string;
  /** Of all: separated by commas. */
  status?: string;
  runtime?: string;
  /** Of all: hours back from now. */
  hours?: string;
}

export const priorities = ["critical", "high", "normal", "low", "background"] as const;
export type Priority = (typeof priorities)[number];

/** Operators look at everything unless they choose an organization; everybody else at one that they run. */
export function over(s: QueueSearch, own: string | undefined) {
  const organization = s.organization ?? own;
  return {
    ...(organization && { organization_id: organization }),
    ...(s.project && { project_id: s.project }),
    ...(s.user && { user_id: s.user }),
    ...(priorities.includes(s.priority as Priority) && { priority: s.priority as Priority }),
  };
}

/** What waits. Positions move without events of one's own projects, so it is asked for again and again. */
export const waitingQuery = (s: QueueSearch, own: string | undefined) =>
  infiniteQueryOptions({
    ...paged(["executions", "waiting", over(s, own)], (cursor) =>
      data(stoa.api.GET("/api/v1/executions/waiting", { params: { query: { ...over(s, own), cursor, limit: 50 } } })),
    ),
    refetchInterval: 5000,
  });

export const everythingQuery = (s: QueueSearch, own: string | undefined) => {
  const query = {
    ...over(s, own),
    ...(s.status && { status: s.status.split(",") as ExecutionStatus[] }),
    ...(s.runtime && { runtime: s.runtime }),
  };
  return infiniteQueryOptions({
    ...paged(["executions", "everything", query, s.hours], (cursor) =>
      data(stoa.api.GET("/api/v1/executions/all", { params: { query: { ...query, ...since(s.hours), cursor, limit: 50 } } })),
    ),
    refetchInterval: 10_000,
  });
};

export const reprioritize = (id: string, priority: Priority): Promise<Execution> =>
  data(stoa.api.PUT("/api/v1/executions/{id}/priority", { params: { path: { id } }, body: { priority } }));
