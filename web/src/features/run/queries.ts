import { data, type ExecutionRequest } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const runtimesQuery = queryOptions({
  queryKey: ["runtimes"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/runtimes"))).items,
  staleTime: 60_000,
});

export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id],
    queryFn: () => data(stoa.api.GET("/api/v1/files/{id}", { params: { path: { id } } })),
  });

export const submitExecution = (body: ExecutionRequest) => data(stoa.api.POST("/api/v1/executions", { body }));
