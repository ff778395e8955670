import { data } from "@stoa/sdk";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const filesQuery = (project: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["files", project],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => data(stoa.api.GET("/api/v1/files", { params: { query: { project_id: project, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next_cursor,
  });

export const deleteFile = (id: string) => stoa.api.DELETE("/api/v1/files/{id}", { params: { path: { id } } });
