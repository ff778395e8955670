import { createClient, Problem } from "@stoa/sdk";
import { QueryClient } from "@tanstack/react-query";

/** The API, as the browser's session sees it. */
export const stoa = createClient();

/**
 * Answers stay fresh until an event says otherwise; only what may pass by itself is tried again. Whether the browser thinks
 * that there is an internet says nothing of an installation, which may be on the same machine.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, thrown) => thrown instanceof Problem && thrown.temporary && thrown.status !== 429 && failures < 3,
    },
  },
});
