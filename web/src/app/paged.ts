import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";

/** A list that comes in pages, each of which says where the next one begins. */
export const paged = <Page extends { next_cursor?: string }>(queryKey: QueryKey, page: (cursor: string | undefined) => Promise<Page>) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
