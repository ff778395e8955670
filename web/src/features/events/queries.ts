import { data } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";
import { since } from "../../ui/since.ts";

/** Which events, as the address bar holds it. */
export interface EventSearch {
  type?: string;
  kind?: string;
  subject?: string;
  actor?: string;
  correlation?: string;
  /** Hours back from now. */
  hours?: string;
  view?: string;
}

/** The API's query for a search. An operator sees what happens to everybody. */
export function eventQuery(s: EventSearch, all: boolean, now = Date.now()) {
  return {
    ...(s.type && { type: [s.type] }),
    ...(s.kind && { kind: s.kind }),
    ...(s.subject && { subject: s.subject }),
    ...(s.actor && { actor_id: s.actor }),
    ...(s.correlation && { correlation_id: s.correlation }),
    ...since(s.hours, now),
    ...(all && { all }),
  };
}

export const eventsQuery = (search: EventSearch, all: boolean) =>
  paged(["events", "list", search, all], (cursor) => data(stoa.api.GET("/api/v1/events", { params: { query: { ...eventQuery(search, all), cursor, limit: 50 } } })));

export const eventDetailsQuery = (id: string) =>
  queryOptions({ queryKey: ["events", "one", id], queryFn: () => data(stoa.api.GET("/api/v1/events/{id}", { params: { path: { id } } })) });

export const eventTypesQuery = queryOptions({
  queryKey: ["events", "types"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/events/types"))).items,
  staleTime: Infinity,
});

export const eventTypeQuery = (type: string) =>
  queryOptions({
    queryKey: ["events", "type", type],
    queryFn: () => data(stoa.api.GET("/api/v1/events/types/{type}", { params: { path: { type } } })),
    staleTime: Infinity,
  });

export const eventCountsQuery = (search: EventSearch, all: boolean) =>
  queryOptions({
    queryKey: ["events", "statistics", search, all],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/events/statistics", { params: { query: eventQuery(search, all) } }))).items,
  });

export const eventActorsQuery = (search: EventSearch, all: boolean) =>
  queryOptions({
    queryKey: ["events", "actors", search, all],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/events/actors", { params: { query: eventQuery(search, all) } }))).items,
  });
