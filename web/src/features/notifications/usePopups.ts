import { notifications } from "@mantine/notifications";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEvents } from "../../app/live.tsx";
import { queryClient } from "../../app/stoa.ts";
import { isUnread, screenOf, severityColor } from "./look.ts";
import { inboxQuery, markRead } from "./queries.ts";

/** Pops up what comes into the inbox, unless the person is looking at it anyway. */
export function usePopups(): void {
  const navigate = useNavigate();
  const router = useRouter();
  useEvents((e) => {
    const told = e.data as { notification_id?: string; status?: string };
    if (!e.type.startsWith("notification.created.") || told.status !== "delivered") return;
    void queryClient.fetchQuery({ ...inboxQuery, staleTime: 0 }).then((inbox) => {
      const n = inbox.find((one) => one.id === told.notification_id);
      if (!n || !isUnread(n)) return;
      const to = screenOf(n);
      const path = router.state.location.pathname;
      if (to && (path === to || (path === "/run" && to.startsWith("/executions/")))) {
        void markRead(n, false); // the screen shows it already
        return;
      }
      notifications.show({
        id: n.id,
        color: severityColor[n.severity],
        title: n.title,
        message: n.body,
        style: to ? { cursor: "pointer" } : undefined,
        onClick: () => {
          void markRead(n, !!to);
          notifications.hide(n.id);
          if (to) void navigate({ to });
        },
      });
    });
  });
}
