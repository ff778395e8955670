import { notifications } from "@mantine/notifications";
import { useLocalStorage } from "@mantine/hooks";
import { data } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { useEvents } from "../../app/live.tsx";
import { useMe } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { hear, nothing, recall, unseen, type Activity, type Notice } from "./activity.ts";

const ActivityContext = createContext<Activity>(nothing);

/** Gathers what concerns the person, and pops up what they are not looking at anyway. */
export function ActivityProvider({ children }: { children: ReactNode }) {
  const me = useMe().user.id;
  const [activity, setActivity] = useState(nothing);
  const latest = useRef(activity);
  const change = (next: Activity) => {
    latest.current = next;
    setActivity(next);
  };
  const navigate = useNavigate();
  const router = useRouter();
  const past = useQuery({
    queryKey: ["activity"],
    queryFn: () => data(stoa.api.GET("/api/v1/executions", { params: { query: { owner: "me", limit: 15 } } })),
    staleTime: Infinity,
  });
  useEffect(() => {
    if (past.data) change(recall(latest.current, past.data.items));
  }, [past.data]);
  useEvents((e) => {
    const before = latest.current;
    const next = hear(before, e, me);
    if (next === before) return;
    const [news, ...others] = next.notices;
    const fresh = news && news !== before.notices[0] && !news.calm;
    if (fresh && watched(news, router.state.location.pathname)) {
      change({ ...next, notices: [{ ...news, calm: true }, ...others] });
      return;
    }
    change(next);
    if (fresh) {
      notifications.show({
        color: news.color,
        title: news.title,
        message: news.detail,
        style: { cursor: "pointer" },
        onClick: () => void navigate({ to: news.to }),
      });
    }
  });
  return <ActivityContext value={activity}>{children}</ActivityContext>;
}

/** The Run screen shows its own execution's end. */
function watched(news: Notice, path: string): boolean {
  return path === news.to || (path === "/run" && news.to.startsWith("/executions/"));
}

export function useActivity(): { notices: Notice[]; unseen: number; see: () => void } {
  const activity = useContext(ActivityContext);
  const [seen, setSeen] = useLocalStorage({ key: "stoa.seen", defaultValue: "", getInitialValueInEffect: false });
  return { notices: activity.notices, unseen: unseen(activity, seen), see: () => setSeen(new Date().toISOString()) };
}
