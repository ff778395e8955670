import type { Health } from "@stoa/sdk";

export interface Concern {
  text: string;
  /** The screen that shows more, or where it is mended. */
  to?: "/dead-letters" | "/nodes";
}

/** What an operator should look at, in sentences; empty when all is well. */
export function concerns(h: Health): Concern[] {
  const all: Concern[] = [];
  const add = (text: string, to?: Concern["to"]) => all.push({ text, ...(to && { to }) });
  for (const m of h.modules) {
    if (m.state === "failed") add(`The module ${m.name} failed: ${m.error ?? "no reason given"}.`);
  }
  if (!h.bus.connected) add("The bus is not connected: changes arrive late, by polling.");
  if (h.events.oldest_seconds > 5) add(`Events have waited ${Math.round(h.events.oldest_seconds)} s for their place in the log.`);
  for (const c of h.events.consumers) {
    if (c.dead > 0) add(`${c.name} could not handle ${c.dead === 1 ? "one event" : `${c.dead} events`}.`, "/dead-letters");
    if (c.lag > 10_000) add(`${c.name} is ${c.lag.toLocaleString("en")} events behind.`);
  }
  if (h.events.dead_letters !== "ok") add(`There are ${h.events.dead_letters === "critical" ? "far too" : "too"} many dead letters.`, "/dead-letters");
  for (const p of h.partitions) {
    if (p.problem) add(`${p.table}: ${p.problem}.`);
  }
  const nodes = (status: string) => h.nodes.find((n) => n.status === status)?.nodes ?? 0;
  if (nodes("offline") > 0) add(`${nodes("offline") === 1 ? "One node is" : `${nodes("offline")} nodes are`} offline.`, "/nodes");
  if (nodes("ready") === 0) add("No node is ready: nothing can run.", "/nodes");
  if (!h.ready && all.length === 0) add("The installation says that it is not ready.");
  return all;
}
