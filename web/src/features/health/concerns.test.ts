import type { Health } from "@stoa/sdk";
import { concerns } from "./concerns.ts";

const well: Health = {
  ready: true, replica: "a", version: "1", started_at: "2026-01-01T00:00:00Z",
  bus: { connected: true, embedded: true },
  database: { connections: 4, embedded: true, in_use: 1, round_trip_ms: 0.2, size_bytes: 1, version: "18" },
  events: { consumers: [{ name: "audit", dead: 0, lag: 3, position: 7, retrying: 1, waiting: 0 }], dead_letters: "ok", head: 10, oldest_seconds: 0.1, unsequenced: 1 },
  modules: [{ name: "api", state: "running" }],
  nodes: [{ status: "ready", nodes: 1 }],
  partitions: [{ table: "event", through: "2026-03-01T00:00:00Z", strays: 0 }],
};

test("a retry and a little lag worry nobody", () => expect(concerns(well)).toEqual([]));

test.each<[string, Partial<Health>, RegExp]>([
  ["a failed module", { modules: [{ name: "pull", state: "failed", error: "no lease" }] }, /pull failed: no lease/],
  ["many dead letters", { events: { ...well.events, dead_letters: "warning" } }, /too many dead letters/],
  ["a dead letter", { events: { ...well.events, consumers: [{ ...well.events.consumers[0]!, dead: 2 }] } }, /audit could not handle 2 events/],
  ["a late sequencer", { events: { ...well.events, oldest_seconds: 9 } }, /waited 9 s/],
  ["a missing partition", { partitions: [{ table: "event", through: "2026-02-01T00:00:00Z", strays: 0, problem: "there is no partition for 2026-02" }] }, /event: there is no partition/],
  ["no node", { nodes: [] }, /nothing can run/],
  ["an unexplained no", { ready: false }, /not ready/],
])("%s is a concern", (_, what, said) => expect(concerns({ ...well, ...what })).toEqual([expect.objectContaining({ text: expect.stringMatching(said) })]));
