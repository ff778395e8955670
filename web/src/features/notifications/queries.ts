import { data, type Notification } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { queryClient, stoa } from "../../app/stoa.ts";

/** The latest notifications. Events of the inbox make everything below "notifications" stale. */
export const inboxQuery = queryOptions({
  queryKey: ["notifications", "inbox"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/notifications", { params: { query: { limit: 100 } } }))).items,
});

export const unreadQuery = queryOptions({
  queryKey: ["notifications", "unread"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/notifications/unread"))).count,
});

export const channelsQuery = queryOptions({
  queryKey: ["notifications", "channels"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/notifications/subscriptions"))).items,
});

export const deliveriesQuery = queryOptions({
  queryKey: ["notifications", "deliveries"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/notifications/deliveries", { params: { query: { limit: 50 } } }))).items,
});

export const refresh = () => queryClient.invalidateQueries({ queryKey: ["notifications"] });

export async function markRead(n: Notification, clicked: boolean): Promise<void> {
  await stoa.api.POST("/api/v1/notifications/{id}/read", { params: { path: { id: n.id } }, body: { clicked } });
  await refresh();
}

export async function markAllRead(): Promise<void> {
  await stoa.api.POST("/api/v1/notifications/read");
  await refresh();
}
