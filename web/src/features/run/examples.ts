import { data, type Runtime, type ScriptExample } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const examplesQuery = (language: string) =>
  queryOptions({
    queryKey: ["examples", language],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/runtimes/examples", { params: { query: { language } } }))).items,
    staleTime: 600_000,
  });

/** Whether a version is that one or a later one: "3.9.18" comes before "3.10". */
export function isSince(version: string, since: string): boolean {
  const have = version.split(".").map(Number);
  for (const [i, wanted] of since.split(".").map(Number).entries()) {
    const part = have[i] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** What an example needs that the chosen runtime is not; undefined when it runs there. */
export function needsOf(example: ScriptExample, runtime: Runtime): string | undefined {
  if (isSince(runtime.version, example.since)) return undefined;
  return example.needs ? `needs ${example.needs}` : `needs ${example.since}: choose ${example.runs_on[0]}`;
}
