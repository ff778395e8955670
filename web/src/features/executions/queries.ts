import { data, type Execution, type ExecutionStatus } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";
import { since } from "../../ui/since.ts";
import { ended } from "./status.ts";

export interface ExecutionFilter {
  project_id: string | undefined;
  status?: ExecutionStatus[];
  runtime?: string;
  script?: string;
  owner?: "me";
  /** Hours back from now. */
  hours?: string;
}

export const executionsQuery = ({ hours, ...filter }: ExecutionFilter) =>
  paged(["executions", filter, hours], (cursor) => data(stoa.api.GET("/api/v1/executions", { params: { query: { ...filter, ...since(hours), cursor, limit: 30 } } })));

/** One execution with its input. While it waits, its place in the queue moves without events, and so does what a running one does on the network. */
export const executionQuery = (id: string) =>
  queryOptions({
    queryKey: ["execution", id],
    queryFn: () => data(stoa.api.GET("/api/v1/executions/{id}", { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data?.status === "queued" ? 4000 : q.state.data?.egress && !ended(q.state.data) ? 2000 : false),
    staleTime: (q) => (q.state.data && ended(q.state.data) ? Infinity : 10_000),
  });

/** What was said in a recorded run: asciicast v2, which never changes. */
export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ["execution", id, "recording"],
    queryFn: () => data(stoa.api.GET("/api/v1/executions/{id}/recording", { params: { path: { id } }, parseAs: "text" })) as Promise<string>,
    staleTime: Infinity,
  });

/** What is told about an execution to others. It is under way until it arrived or was given up. */
export const deliveriesQuery = (e: Execution) =>
  queryOptions({
    queryKey: ["execution", e.id, "deliveries", ended(e)],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/executions/{id}/deliveries", { params: { path: { id: e.id } } }))).items,
    refetchInterval: (q) => (q.state.data?.some((d) => d.status === "queued" || d.status === "sending" || (d.status === "waiting" && ended(e))) ? 3000 : false),
  });

export const cancelExecution = (id: string): Promise<Execution> =>
  data(stoa.api.POST("/api/v1/executions/{id}/cancel", { params: { path: { id } } }));

export const retryExecution = (id: string): Promise<Execution> =>
  data(stoa.api.POST("/api/v1/executions/{id}/retry", { params: { path: { id } } }));

export const updateEgress = (id: string, allow: string[]): Promise<Execution> =>
  data(stoa.api.PUT("/api/v1/executions/{id}/egress", { params: { path: { id } }, body: { allow } }));

export const deleteExecution = (id: string) => stoa.api.DELETE("/api/v1/executions/{id}", { params: { path: { id } } });
