import type { Notification, NotificationSubscription } from "@stoa/sdk";

export const severities = ["low", "medium", "high", "urgent"] as const;

export const severityColor: Record<Notification["severity"], string> = { low: "gray", medium: "orange", high: "red", urgent: "red" };

export const channelNames: Record<NotificationSubscription["channel"], string> = { in_app: "This console", webhook: "Webhook", slack: "Slack", email: "E-mail" };

export const isUnread = (n: Notification) => n.status === "delivered";

/** The path of a notification's link, if it leads to a screen of ours and not elsewhere. */
export function screenOf(n: Pick<Notification, "link">): string | undefined {
  return n.link && /^\/(?![/\\])/.test(n.link) ? n.link : undefined;
}
