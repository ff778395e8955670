import { ActionIcon, Tooltip, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useChangePreferences } from "../preferences.ts";

const next = { auto: "light", light: "dark", dark: "auto" } as const;
const looks = {
  auto: [IconDeviceDesktop, "Theme: as the system"],
  light: [IconSun, "Theme: light"],
  dark: [IconMoon, "Theme: dark"],
} as const;

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const change = useChangePreferences();
  const choose = (theme: keyof typeof next) => {
    setColorScheme(theme);
    change.mutate({ theme });
  };
  const [Icon, text] = looks[colorScheme];
  return (
    <Tooltip label={text}>
      <ActionIcon size="lg" aria-label={text} onClick={() => choose(next[colorScheme])}>
        <Icon size={19} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
