import { NavLink, Text } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { useMe } from "../session.ts";
import { destinations } from "./destinations.ts";
import classes from "./Shell.module.css";

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const me = useMe();
  const path = useRouterState({ select: (s) => s.location.pathname });
  return (
    <nav aria-label="Screens">
      {destinations(me).map((column) => (
        <section key={column.name} className={classes.column}>
          <Text className={classes.columnName}>{column.name}</Text>
          {column.screens.map((screen) => (
            <NavLink
              key={screen.to}
              component={Link}
              to={screen.to}
              label={screen.label}
              leftSection={<screen.icon size={18} stroke={1.7} />}
              active={path === screen.to || path.startsWith(screen.to + "/")}
              aria-current={path === screen.to ? "page" : undefined}
              onClick={onNavigate}
              className={classes.link}
            />
          ))}
        </section>
      ))}
    </nav>
  );
}
