import type { Health } from "@stoa/sdk";

/** What an operator should look at, in sentences; empty when all is well. */
export function concerns(h: Health): string[] {
  const all: string[] = [];
  for (const m of h.modules) {
    if (m.state === "failed") all.push(`The module ${m.name} failed: ${m.error ?? "no reason given"}.`);
  }
  if (!h.bus.connected) all.push("The bus is not connected: changes arrive late, by polling.");
  if (h.events.oldest_seconds > 5) all.push(`Events have waited ${Math.round(h.events.oldest_seconds)} s for their place in the log.`);
  for (const c of h.events.consumers) {
    if (c.dead > 0) all.push(`${c.name} could not handle ${c.dead === 1 ? "one event" : `${c.dead} events`}.`);
    if (c.lag > 10_000) all.push(`${c.name} is ${c.lag.toLocaleString("en")} events behind.`);
  }
  if (h.events.dead_letters !== "ok") all.push(`There are ${h.events.dead_letters === "critical" ? "far too" : "too"} many dead letters.`);
  for (const p of h.partitions) {
    if (p.problem) all.push(`${p.table}: ${p.problem}.`);
  }
  const nodes = (status: string) => h.nodes.find((n) => n.status === status)?.nodes ?? 0;
  if (nodes("offline") > 0) all.push(`${nodes("offline") === 1 ? "One node is" : `${nodes("offline")} nodes are`} offline.`);
  if (nodes("ready") === 0) all.push("No node is ready: nothing can run.");
  if (!h.ready && all.length === 0) all.push("The installation says that it is not ready.");
  return all;
}
