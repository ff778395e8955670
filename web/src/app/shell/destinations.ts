import type { Me } from "@stoa/sdk";
import {
  IconActivityHeartbeat, IconAdjustmentsHorizontal, IconCode, IconHistory, IconKey, IconPlayerPlay, IconServer2, IconUsers,
} from "@tabler/icons-react";
import { isOperator } from "../session.ts";

/** The columns of the colonnade and their screens. Another column is another entry here. */
const columns = [
  {
    name: "Code",
    screens: [
      { to: "/run", label: "Run", icon: IconPlayerPlay },
      { to: "/executions", label: "Executions", icon: IconHistory },
      { to: "/scripts", label: "Scripts", icon: IconCode },
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
      { to: "/members", label: "Members", icon: IconUsers },
      { to: "/tokens", label: "API tokens", icon: IconKey },
      { to: "/limits", label: "Limits", icon: IconAdjustmentsHorizontal },
    ],
  },
] as const;

export function destinations(me: Me) {
  return columns.filter((c) => !("visible" in c) || c.visible(me));
}
