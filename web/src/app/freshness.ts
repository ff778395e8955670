import type { StoaEvent } from "@stoa/sdk";
import type { QueryKey } from "@tanstack/react-query";

/** Which kept answers an event makes stale. */
export function staleKeys(e: Pick<StoaEvent, "type" | "subject">): QueryKey[] {
  const [kind, id = ""] = e.subject.split("/");
  switch (kind) {
    case "execution":
      return [["executions"], ["execution", id]];
    case "judge0_callback": // has its execution's id
      return [["execution", id]];
    case "node":
      return [["nodes"], ...(/ready|offline|removed/.test(e.type) ? [["runtimes"]] : [])];
    case "runtime":
      return [["runtimes"]];
    case "user":
    case "credential":
    case "service_account":
      return e.type.includes("token") ? [["tokens"]] : [["sessions"]];
    case "invitation":
      return [["invitations"], ["members"]];
    case "organization":
    case "project":
    case "unit":
      return [["me"], ["members"], ["projects"], ["units"], ["organizations"]];
    case "consumer":
    case "dead_letters":
    case "retry_policy":
      return [["dead-letters"]];
    case "identity_provider":
      return [["identity-providers"]];
    case "sink":
      return [["sinks"]];
    case "replay":
      return [["replays"]];
    case "inbox":
      return [["notifications"]];
    case "limit":
      return [["limits"], ["rates"]];
    case "rate":
      return [["rates"]];
    default:
      return [];
  }
}

/**
 * Gathers keys and hands them on a moment after the first, then at most every
 * three seconds: a thousand events a second cost a handful of requests.
 */
export class Batch {
  private waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;

  constructor(
    private readonly flush: (keys: QueryKey[]) => void,
    private readonly soon = 150,
    private readonly apart = 3000,
  ) {}

  add(keys: QueryKey[]): void {
    for (const key of keys) this.waiting.set(JSON.stringify(key), key);
    if (this.waiting.size === 0 || this.timer) return;
    const wait = Math.max(this.soon, this.last + this.apart - Date.now());
    this.timer = setTimeout(() => {
      const due = [...this.waiting.values()];
      this.waiting.clear();
      this.timer = undefined;
      this.last = Date.now();
      this.flush(due);
    }, wait);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
