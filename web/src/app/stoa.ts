import { createClient, Problem } from "@stoa/sdk";
import { QueryClient } from "@tanstack/react-query";

/** The API, as the browser's session sees it. */
export const stoa = createClient();

/** Answers stay fresh until an event says otherwise; only what may pass by itself is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, thrown) => thrown instanceof Problem && thrown.temporary && thrown.status !== 429 && failures < 3,
    },
  },
});
