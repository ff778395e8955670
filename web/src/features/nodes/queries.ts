import { data } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

/** Every node; operators see them. */
export const nodesQuery = queryOptions({ queryKey: ["nodes"], queryFn: async () => (await data(stoa.api.GET("/api/v1/nodes"))).items });
