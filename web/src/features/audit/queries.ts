import { data } from "@stoa/sdk";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";
import { since } from "../../ui/since.ts";

/** Which records of the audit trail, as the address bar holds it. */
export interface AuditSearch {
  actor?: string;
  action?: string;
  kind?: string;
  target?: string;
  outcome?: string;
  correlation?: string;
  project?: string;
  /** Hours back from now. */
  hours?: string;
}

/** The API's query for a search. An operator sees what everybody did. */
export function auditQuery(s: AuditSearch, all: boolean, now = Date.now()) {
  return {
    ...(s.actor && { actor_id: s.actor }),
    ...(s.action && { action: s.action }),
    ...(s.kind && { kind: s.kind }),
    ...(s.target && { target_id: s.target }),
    ...((s.outcome === "done" || s.outcome === "refused") && { outcome: s.outcome as "done" | "refused" }),
    ...(s.correlation && { correlation_id: s.correlation }),
    ...(s.project && { project_id: s.project }),
    ...since(s.hours, now),
    ...(all && { all }),
  };
}

export const auditListQuery = (search: AuditSearch, all: boolean) =>
  paged(["audit", search, all], (cursor) => data(stoa.api.GET("/api/v1/audit", { params: { query: { ...auditQuery(search, all), cursor, limit: 50 } } })));
