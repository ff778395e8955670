import { createTheme, type MantineColorsTuple } from "@mantine/core";

const aegean: MantineColorsTuple = [
  "#ecf6fa", "#d8eaf2", "#aed4e4", "#80bcd6", "#5ba8ca", "#4599c0", "#3088b1", "#1d6a8f", "#175876", "#0c435c",
];

// Mantine takes dark[7] as the ground, dark[6] as the surface, dark[4] as the border.
const dark: MantineColorsTuple = [
  "#d3d7dc", "#b4bac2", "#8d95a0", "#646c77", "#353b43", "#2a2f36", "#1d2126", "#14171b", "#101316", "#0b0d0f",
];

export const theme = createTheme({
  primaryColor: "aegean",
  primaryShade: 7,
  colors: { aegean, dark },
  respectReducedMotion: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Liberation Sans", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Code", "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "620" },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: false } } },
    Table: { defaultProps: { verticalSpacing: "xs" } },
    Modal: { defaultProps: { centered: true, overlayProps: { blur: 2, backgroundOpacity: 0.4 }, closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } }, styles: { description: { color: "var(--mantine-color-text)" } } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
  },
});
