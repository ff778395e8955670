import { data } from "@stoa/sdk";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";

export const filesQuery = (project: string | undefined) =>
  paged(["files", project], (cursor) => data(stoa.api.GET("/api/v1/files", { params: { query: { project_id: project, cursor } } })));

export const deleteFile = (id: string) => stoa.api.DELETE("/api/v1/files/{id}", { params: { path: { id } } });
