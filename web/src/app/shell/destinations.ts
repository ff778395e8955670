import type { Me } from "@stoa/sdk";
import {
  IconActivityHeartbeat, IconAdjustmentsHorizontal, IconArrowFork, IconBolt, IconBox, IconCode, IconFiles, IconFolders, IconHistory, IconKey, IconMailExclamation, IconPlayerPlay, IconRepeat, IconServer2, IconSettings, IconShieldCheck, IconStack2, IconUserCheck, IconUserCog, IconUsers,
} from "@tabler/icons-react";
import { administers, isOperator } from "../session.ts";

const runsAny = (me: Me) => isOperator(me) || me.organizations.some((o) => administers(me, o));

/** The columns of the colonnade and their screens. Another column is another entry here. */
const columns = [
  {
    name: "Code",
    screens: [
      { to: "/run", label: "Run", icon: IconPlayerPlay },
      { to: "/executions", label: "Executions", icon: IconHistory },
      { to: "/scripts", label: "Scripts", icon: IconCode },
      { to: "/files", label: "Files", icon: IconFiles },
      { to: "/runtimes", label: "Runtimes", icon: IconBox },
    ],
  },
  {
    name: "Events",
    visible: (me: Me) => runsAny(me) || me.projects.some((p) => p.role === "project.manager"),
    screens: [
      { to: "/events", label: "Events", icon: IconBolt },
      { to: "/dead-letters", label: "Dead letters", icon: IconMailExclamation, visible: isOperator },
      { to: "/replays", label: "Replays", icon: IconRepeat, visible: runsAny },
      { to: "/sinks", label: "Sinks", icon: IconArrowFork, visible: runsAny },
    ],
  },
  {
    name: "Operate",
    visible: isOperator,
    screens: [
      { to: "/nodes", label: "Nodes", icon: IconServer2 },
      { to: "/health", label: "Health", icon: IconActivityHeartbeat },
    ],
  },
  {
    name: "Organization",
    screens: [
      { to: "/projects", label: "Projects", icon: IconFolders },
      { to: "/members", label: "Members", icon: IconUsers },
      { to: "/tokens", label: "API tokens", icon: IconKey },
      { to: "/limits", label: "Limits", icon: IconAdjustmentsHorizontal },
    ],
  },
  {
    name: "Administration",
    visible: (me: Me) => isOperator(me) || me.organizations.some((o) => !o.personal && administers(me, o)),
    screens: [
      { to: "/queue", label: "Queue", icon: IconStack2 },
      { to: "/users", label: "Users", icon: IconUserCog, visible: isOperator },
      { to: "/settings", label: "Settings", icon: IconSettings, visible: isOperator },
      { to: "/audit", label: "Audit", icon: IconShieldCheck },
      { to: "/providers", label: "Sign-in", icon: IconUserCheck, visible: isOperator },
    ],
  },
] as const;

export function destinations(me: Me) {
  const shown = (it: object) => !("visible" in it) || (it.visible as (me: Me) => boolean)(me);
  return columns.filter(shown).map((c) => ({ ...c, screens: c.screens.filter(shown) }));
}
