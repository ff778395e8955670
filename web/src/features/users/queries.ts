import { data } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { paged } from "../../app/paged.ts";
import { stoa } from "../../app/stoa.ts";

/** Which people, as the address bar holds it. */
export interface UserSearch {
  find?: string;
  status?: string;
}

export const usersQuery = (search: UserSearch) =>
  paged(["users", "list", search], (cursor) =>
    data(stoa.api.GET("/api/v1/users", { params: { query: { find: search.find, status: search.status as "active" | undefined, cursor, limit: 50 } } })),
  );

export const userQuery = (id: string) =>
  queryOptions({ queryKey: ["users", "one", id], queryFn: () => data(stoa.api.GET("/api/v1/users/{id}", { params: { path: { id } } })) });

/** Every setting and limit as it applies to a user: outside of any project, or as a member of an organization. */
export const userLimitsQuery = (id: string, organization?: string) =>
  queryOptions({
    queryKey: ["limits", organization ?? "user", id],
    queryFn: async () =>
      organization
        ? (await data(stoa.api.GET("/api/v1/organizations/{id}/members/{user_id}/limits", { params: { path: { id: organization, user_id: id } } }))).items
        : (await data(stoa.api.GET("/api/v1/limits", { params: { query: { user_id: id } } }))).items,
  });
