import { Skeleton } from "@mantine/core";
import { useRef } from "react";
import { ProblemNote } from "./ProblemNote.tsx";

/** A question to the API, as far as screens show how it fares. */
export interface Asked {
  data: unknown;
  error: unknown;
  errorUpdateCount: number;
  isFetching: boolean;
  refetch: () => unknown;
  /** Of an answer that comes in pages. */
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  fetchNextPage?: () => unknown;
}

/** Why there is no answer, or no newer one, and how to ask again. It stays until there is one: asking again says nothing new. */
export function useFailure(from: Asked | Asked[]): { error: unknown; again: { act: () => void; busy: boolean } } | undefined {
  const failing = [from].flat().filter((a) => a.error || (a.data === undefined && a.errorUpdateCount > 0));
  const kept = useRef<unknown>(undefined);
  if (failing.length === 0) kept.current = undefined;
  kept.current = failing.find((a) => a.error)?.error ?? kept.current;
  if (!kept.current) return undefined;
  return { error: kept.current, again: { act: () => failing.forEach((a) => void a.refetch()), busy: failing.some((a) => a.isFetching) } };
}

/** Stands where an answer will be, or says why there is none. */
export function Loading({ from, height = 320 }: { from: Asked; height?: number }) {
  const failure = useFailure(from);
  if (failure) return <ProblemNote {...failure} />;
  return from.data === undefined ? <Skeleton height={height} aria-busy="true" /> : null;
}
