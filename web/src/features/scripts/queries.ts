import { data, type Script } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const scriptsQuery = (project: string | undefined) =>
  queryOptions({
    queryKey: ["scripts", project],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/scripts", { params: { query: { project_id: project, limit: 200 } } }))).items,
  });

/** A script with a version; "name@2" or an id. */
export const scriptQuery = (script: string, project: string | undefined) =>
  queryOptions({
    queryKey: ["script", project, script],
    queryFn: () => data(stoa.api.GET("/api/v1/scripts/{script}", { params: { path: { script }, query: { project_id: project } } })),
  });

export interface NewScript {
  project_id: string | undefined;
  name: string;
  description: string;
  shared: boolean;
  runtime: string;
  source: string;
}

export const createScript = (body: NewScript): Promise<Script> => data(stoa.api.POST("/api/v1/scripts", { body }));

export const saveVersion = (script: string, after: number, runtime: string, source: string): Promise<Script> =>
  data(stoa.api.POST("/api/v1/scripts/{script}/versions", { params: { path: { script } }, body: { runtime, source, after } }));

export const shareScript = (script: string, shared: boolean): Promise<Script> =>
  data(stoa.api.PATCH("/api/v1/scripts/{script}", { params: { path: { script } }, body: { shared } }));

export const deleteScript = (script: string) => stoa.api.DELETE("/api/v1/scripts/{script}", { params: { path: { script } } });
