import { ActionIcon, Tooltip, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";

const next = { auto: "light", light: "dark", dark: "auto" } as const;
const looks = {
  auto: [IconDeviceDesktop, "Theme: as the system"],
  light: [IconSun, "Theme: light"],
  dark: [IconMoon, "Theme: dark"],
} as const;

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [Icon, text] = looks[colorScheme];
  return (
    <Tooltip label={text}>
      <ActionIcon size="lg" aria-label={text} onClick={() => setColorScheme(next[colorScheme])}>
        <Icon size={19} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
