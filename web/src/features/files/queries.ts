import { data, type UploadedFile } from "@stoa/sdk";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const filesQuery = (project: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["files", project],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => data(stoa.api.GET("/api/v1/files", { params: { query: { project_id: project, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next_cursor,
  });

/** Sends a file as it is. One that the project has already gives the file that is there. */
export const uploadFile = (file: File, project: string | undefined): Promise<UploadedFile> =>
  data(
    stoa.api.POST("/api/v1/files", {
      params: { query: { name: file.name, project_id: project } },
      body: file as unknown as string, // the bytes as they are: the description has no type for them
      bodySerializer: (body) => body,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );

export const deleteFile = (id: string) => stoa.api.DELETE("/api/v1/files/{id}", { params: { path: { id } } });
