import "@mantine/spotlight/styles.css";
import { useMantineColorScheme } from "@mantine/core";
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconArrowRight, IconBell, IconBook, IconFolder, IconLogout, IconMoon, IconPlayerPlay, IconSearch, IconSun, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { runtimesQuery } from "../../features/run/queries.ts";
import { runtimeName } from "../../ui/format.ts";
import { useMe, useProject } from "../session.ts";
import { signOut } from "../signOut.ts";
import { destinations } from "./destinations.ts";

const [store, palette] = createSpotlight();

/** Ctrl-K: everything that can be gone to or started, by name. `opening` counts how often it was asked for. */
export function CommandPalette({ opening }: { opening: number }) {
  const me = useMe();
  const navigate = useNavigate();
  const { projects, project, choose } = useProject();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const runtimes = useQuery(runtimesQuery);
  useEffect(() => palette.open(), [opening]);

  const group = (name: string, actions: SpotlightActionData[]): SpotlightActionGroupData => ({ group: name, actions });
  const actions = [
    group("Go to", [
      ...destinations(me).flatMap((c) =>
        c.screens.map((s) => ({
          id: s.to, label: s.label, description: c.name, leftSection: <s.icon size={18} />, onClick: () => void navigate({ to: s.to }),
        })),
      ),
      { id: "notifications", label: "Notifications", leftSection: <IconBell size={18} />, onClick: () => void navigate({ to: "/notifications" }) },
      { id: "account", label: "Account and sessions", leftSection: <IconUser size={18} />, onClick: () => void navigate({ to: "/account" }) },
      { id: "docs", label: "Guide and API reference", leftSection: <IconBook size={18} />, onClick: () => void window.open("/docs", "_blank") },
    ]),
    group("Run", (runtimes.data ?? []).map((r) => ({
      id: r.id, label: `Run ${runtimeName(r.id)}`, keywords: r.aliases, leftSection: <IconPlayerPlay size={18} />,
      onClick: () => void navigate({ to: "/run", search: { runtime: r.id } }),
    }))),
    group("Project", projects.filter((p) => p.id !== project?.id).map((p) => ({
      id: p.id, label: `Switch to ${p.name}`, leftSection: <IconFolder size={18} />, onClick: () => choose(p.id),
    }))),
    group("This console", [
      colorScheme === "dark"
        ? { id: "light", label: "Light theme", leftSection: <IconSun size={18} />, onClick: () => setColorScheme("light") }
        : { id: "dark", label: "Dark theme", leftSection: <IconMoon size={18} />, onClick: () => setColorScheme("dark") },
      { id: "sign-out", label: "Sign out", leftSection: <IconLogout size={18} />, onClick: () => void signOut() },
    ]),
  ].filter((g) => g.actions.length > 0);
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut={null}
      limit={30}
      scrollable
      maxHeight={420}
      highlightQuery
      nothingFound="Nothing by that name"
      searchProps={{ placeholder: "Go to, run, switch project…", leftSection: <IconSearch size={18} />, rightSection: <IconArrowRight size={16} />, "aria-label": "Go to, run, switch project" }}
    />
  );
}
