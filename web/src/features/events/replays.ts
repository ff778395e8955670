import { data, type Replay } from "@stoa/sdk";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";

export type ReplayVerb = "start" | "pause" | "resume" | "cancel" | "delete";

export const replayColors: Record<Replay["status"], string> = {
  preview: "gray", scheduled: "blue", created: "gray", running: "blue", paused: "yellow", completed: "teal", failed: "red", cancelled: "gray",
};

/** What can be done with a replay in each status. */
export const replayVerbs: Record<Replay["status"], ReplayVerb[]> = {
  preview: ["start", "delete"],
  created: ["start", "delete"],
  scheduled: ["start", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["resume", "delete"],
  completed: ["delete"],
  cancelled: ["delete"],
};

export const replaysQuery = infiniteQueryOptions({
  ...paged(["replays"], (cursor) => data(stoa.api.GET("/api/v1/replays", { params: { query: { cursor, limit: 30 } } }))),
  refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some((r) => r.status === "running")) ? 1000 : 10_000),
});

export async function steerReplay(id: string, verb: ReplayVerb): Promise<unknown> {
  const params = { params: { path: { id } } };
  if (verb === "start") return data(stoa.api.POST("/api/v1/replays/{id}/start", params));
  if (verb === "pause") return data(stoa.api.POST("/api/v1/replays/{id}/pause", params));
  if (verb === "resume") return data(stoa.api.POST("/api/v1/replays/{id}/resume", params));
  if (verb === "delete") return stoa.api.DELETE("/api/v1/replays/{id}", params);
  return data(stoa.api.POST("/api/v1/replays/{id}/cancel", params));
}
