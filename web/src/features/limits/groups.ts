import type { Limit } from "@stoa/sdk";

const titles: Record<string, string> = {
  execution: "Executions", file: "Files", script: "Scripts", identity: "Accounts", notification: "Notifications", rate: "Request rates", events: "Events", replay: "Replays", sink: "Sinks", telemetry: "Logs and traces",
};

/** Limits by what they are about, in the order in which they come. */
export function inGroups(limits: Limit[]): [title: string, limits: Limit[]][] {
  return [...Map.groupBy(limits, (l) => l.name.split(".")[0] ?? "")].map(([group, of]) => [titles[group] ?? group, of]);
}
