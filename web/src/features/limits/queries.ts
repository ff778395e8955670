import { data, type Limit } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

/** Every setting and limit as it applies to the person in a project. */
export const limitsQuery = (project: string | undefined) =>
  queryOptions({
    queryKey: ["limits", project],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/limits", { params: { query: { project_id: project } } }))).items,
    staleTime: 60_000,
  });

/** Whose value it is: "this installation", "the project". */
export function scopeName(scope: string): string {
  return scope === "global" ? "this installation" : scope === "user" ? "you" : scope === "member" ? "you, in this organization" : `the ${scope}`;
}

export function wordsOf(limits: Limit[] | undefined, name: string): string | undefined {
  const value = limits?.find((l) => l.name === name)?.value;
  return typeof value === "string" ? value : undefined;
}

export function numberOf(limits: Limit[] | undefined, name: string): number | undefined {
  const value = limits?.find((l) => l.name === name)?.value;
  return typeof value === "number" ? value : undefined;
}
