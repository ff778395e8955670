import { data, type Runtime } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

/** How far nodes are with images; no events tell, so it is looked at while the screen is open. */
export const runtimeNodesQuery = queryOptions({
  queryKey: ["runtimes", "nodes"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/runtimes/nodes"))).items,
  refetchInterval: 2000,
});

export interface ImageSource {
  image: string;
  insecure: boolean;
  username: string;
  password: string;
}

const source = (s: ImageSource) => ({ image: s.image, insecure: s.insecure, ...(s.username && { username: s.username, password: s.password }) });

export const inspectImage = (s: ImageSource) => data(stoa.api.POST("/api/v1/runtimes/inspect", { body: source(s) }));

export interface NewRuntime extends ImageSource {
  name: string;
  version: string;
  digest: string;
  fileName: string;
  command: string;
  compile: string;
  example: string;
  egress: string;
  isolation: Weakest;
}

/** The weakest isolation class of a runtime's runs. */
export type Weakest = "auto" | "fresh" | "gvisor";

export const weakest: { value: Weakest; label: string }[] = [
  { value: "auto", label: "As the settings say" },
  { value: "fresh", label: "fresh or stronger" },
  { value: "gvisor", label: "gvisor" },
];

export const createRuntime = (r: NewRuntime) =>
  data(
    stoa.api.POST("/api/v1/runtimes", {
      body: {
        ...source(r),
        name: r.name,
        version: r.version,
        digest: r.digest,
        file_name: r.fileName,
        command: words(r.command),
        ...(r.compile && { compile: ["/bin/sh", "-c", r.compile] }),
        ...(r.example && { example: r.example }),
        ...(r.egress.trim() && { egress: places(r.egress) }),
        ...(r.isolation !== "auto" && { class: r.isolation }),
      },
    }),
  );

export const updateRuntime = (id: string, to: { class: Weakest; egress: string }) =>
  data(stoa.api.PATCH("/api/v1/runtimes/{id}", { params: { path: { id } }, body: { class: to.class, egress: places(to.egress) } }));

export const retireRuntime = (r: Runtime) => data(stoa.api.DELETE("/api/v1/runtimes/{id}", { params: { path: { id: r.id } } }));

/** Destinations as they were typed, with spaces or commas between. */
export const places = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** A command line as its words; quotes keep spaces together. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
}
