import { ActionIcon, AppShell, Burger, Button, Kbd, Text } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { NotificationsMenu } from "../../features/notifications/NotificationsMenu.tsx";
import { TimeStyleContext } from "../../ui/moment.ts";
import { LiveProvider } from "../live.tsx";
import { useTheme, useWishes } from "../preferences.ts";
import { ConnectionDot } from "./ConnectionDot.tsx";
import { Mark } from "./Mark.tsx";
import { Navigation } from "./Navigation.tsx";
import { ProjectSwitch } from "./ProjectSwitch.tsx";
import { Splash } from "./Splash.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import { UserMenu } from "./UserMenu.tsx";
import classes from "./Shell.module.css";

const CommandPalette = lazy(() => import("./CommandPalette.tsx").then((m) => ({ default: m.CommandPalette })));

/** The frame around every screen of who is signed in. */
export function Shell() {
  const [menuOpen, menu] = useDisclosure();
  useTheme();
  const wishes = useWishes();
  const [palette, setPalette] = useState(0); // counts openings; zero: not loaded yet
  const openPalette = () => setPalette((n) => n + 1);
  useHotkeys([["mod+K", openPalette]], [], true);
  return (
    <LiveProvider>
      <TimeStyleContext value={wishes}>
        <AppShell header={{ height: 54 }} navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !menuOpen } }}>
          <a href="#content" className={classes.skip}>
            Skip to the content
          </a>
          <AppShell.Header className={classes.header}>
            <Burger opened={menuOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Link to="/run" className={classes.brand} aria-label="Stoa, home">
              <Mark />
              <Text span inherit visibleFrom="xs">
                Stoa
              </Text>
            </Link>
            <Text span className={classes.slash} aria-hidden visibleFrom="xs">
              /
            </Text>
            <ProjectSwitch />
            <span style={{ flex: 1 }} />
            <Button variant="default" size="xs" className={classes.search} visibleFrom="md" onClick={openPalette} leftSection={<IconSearch size={15} />} rightSection={<Kbd size="xs">Ctrl K</Kbd>}>
              Go to or run
            </Button>
            <ActionIcon hiddenFrom="md" visibleFrom="xs" size="lg" aria-label="Go to or run" onClick={openPalette}>
              <IconSearch size={19} />
            </ActionIcon>
            <ConnectionDot />
            <NotificationsMenu />
            <ThemeSwitch />
            <UserMenu />
          </AppShell.Header>
          <AppShell.Navbar p="sm" className={classes.navbar}>
            <Navigation onNavigate={menu.close} />
          </AppShell.Navbar>
          <AppShell.Main id="content" className={classes.main} tabIndex={-1}>
            <Suspense fallback={<Splash />}>
              <Outlet />
            </Suspense>
          </AppShell.Main>
          {palette > 0 && (
            <Suspense>
              <CommandPalette opening={palette} />
            </Suspense>
          )}
        </AppShell>
      </TimeStyleContext>
    </LiveProvider>
  );
}
