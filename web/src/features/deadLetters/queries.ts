import { data, type DeadLetter } from "@stoa/sdk";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";

export type LetterState = "pending" | "scheduled" | "waiting" | "retried" | "discarded";

/** What each state means to who decides, and its colour. */
export const letterStates: Record<LetterState, { label: string; color: string; help: string }> = {
  pending: { label: "Pending", color: "red", help: "It failed too often: somebody must decide" },
  scheduled: { label: "Scheduled", color: "yellow", help: "It failed, and is tried again by itself" },
  waiting: { label: "Waiting", color: "gray", help: "It is behind another one about the same thing" },
  retried: { label: "Retried", color: "teal", help: "It failed, and worked in the end" },
  discarded: { label: "Discarded", color: "gray", help: "Somebody decided to go on without it" },
};

export interface LetterSearch {
  consumer?: string;
  state?: string;
  reason?: string;
}

const open: LetterState[] = ["pending", "scheduled"];

export const chosenStates = (s: LetterSearch) => (s.state ? s.state.split(",").filter((w): w is LetterState => w in letterStates) : open);

export const lettersQuery = (search: LetterSearch) =>
  infiniteQueryOptions({
    ...paged(["dead-letters", "list", search], (cursor) =>
      data(
        stoa.api.GET("/api/v1/dead-letters", {
          params: { query: { state: chosenStates(search), cursor, limit: 50, ...(search.consumer && { consumer: search.consumer }), ...(search.reason && { reason: search.reason }) } },
        }),
      ),
    ),
    refetchInterval: 10_000,
  });

export const letterCountsQuery = queryOptions({
  queryKey: ["dead-letters", "statistics"],
  queryFn: () => data(stoa.api.GET("/api/v1/dead-letters/statistics")),
  refetchInterval: 10_000,
});

export const policiesQuery = queryOptions({
  queryKey: ["dead-letters", "policies"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/retry-policies"))).items,
});

/** Whether one can be decided on. */
export const isOpen = (d: Pick<DeadLetter, "state">) => open.includes(d.state);

/** Whether what a search shows is still to be decided on. */
export const showsOpen = (search: LetterSearch) => chosenStates(search).some((s) => open.includes(s));

/** Decides on many at once: those that are chosen (an event may have failed for two consumers), or all that a search finds open. Tells how many it were. */
export async function decide(verb: "retry" | "discard", search: LetterSearch, chosen: Pick<DeadLetter, "consumer" | "event_id">[]) {
  const narrowed = !!search.consumer || !!search.reason;
  const found = { ...(search.consumer && { consumer: search.consumer }), ...(search.reason && { reason: search.reason }), ...(!narrowed && { all: true }) };
  const consumers = [...new Set(chosen.map((d) => d.consumer))];
  const choices = chosen.length === 0 ? [found] : consumers.map((consumer) => ({ consumer, event_ids: chosen.filter((d) => d.consumer === consumer).map((d) => d.event_id) }));
  const done = { events: 0, more: false };
  for (const body of choices) {
    const out = await (verb === "retry" ? data(stoa.api.POST("/api/v1/dead-letters/retry", { body })) : data(stoa.api.POST("/api/v1/dead-letters/discard", { body })));
    done.events += out.events;
    done.more ||= out.more;
  }
  return done;
}
