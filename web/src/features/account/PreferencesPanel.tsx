import { Button, Group, NumberInput, Select, SimpleGrid, Skeleton, Stack, Switch } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { defaultEditor, preferencesQuery, useChangePreferences } from "../../app/preferences.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

const PreferenceHistory = lazy(() => import("./PreferenceHistory.tsx").then((m) => ({ default: m.PreferenceHistory })));

const zones = ["", "UTC", ...Intl.supportedValuesOf("timeZone").filter((z) => z !== "UTC")].map((z) => ({ value: z, label: z || "This browser's" }));

/** How the person wants the console. Every change is kept at once, and can be taken back. */
export function PreferencesPanel() {
  const kept = useQuery(preferencesQuery);
  const wishes = kept.data?.preferences;
  const change = useChangePreferences();
  const [history, { toggle }] = useDisclosure();
  if (!wishes) return <Loading from={kept} height={220} />;
  const editor = wishes.editor ?? defaultEditor;
  const edit = (what: Partial<typeof editor>) => change.mutate({ editor: what });
  return (
    <Panel title="Preferences">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            label="Theme" allowDeselect={false} value={wishes.theme} onChange={(theme) => change.mutate({ theme })}
            data={[{ value: "auto", label: "As the system" }, { value: "light", label: "Light" }, { value: "dark", label: "Dark" }]}
          />
          <Select label="Time zone" searchable allowDeselect={false} limit={60} data={zones} value={wishes.timezone} onChange={(timezone) => change.mutate({ timezone })} />
          <Select
            label="Dates" allowDeselect={false} data={["YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"]}
            value={wishes.date_format} onChange={(date_format) => change.mutate({ date_format })}
          />
          <Select
            label="Times" allowDeselect={false} data={[{ value: "24h", label: "14:05" }, { value: "12h", label: "2:05 PM" }]}
            value={wishes.time_format} onChange={(time_format) => change.mutate({ time_format })}
          />
          <Select
            label="Editor: colours" allowDeselect={false} value={editor.theme} onChange={(theme) => edit({ theme: theme as typeof editor.theme })}
            data={[{ value: "auto", label: "As the console" }, { value: "light", label: "Light" }, { value: "dark", label: "Dark" }]}
          />
          <NumberInput label="Editor: font size" min={8} max={32} clampBehavior="strict" value={editor.font_size} onChange={(n) => typeof n === "number" && n >= 8 && edit({ font_size: n })} />
          <NumberInput label="Editor: columns of a tab" min={1} max={8} clampBehavior="strict" value={editor.tab_size} onChange={(n) => typeof n === "number" && n >= 1 && edit({ tab_size: n })} />
        </SimpleGrid>
        <Group gap="lg">
          <Switch label="Indent with tabs" checked={editor.use_tabs} onChange={(e) => edit({ use_tabs: e.currentTarget.checked })} />
          <Switch label="Wrap long lines" checked={editor.word_wrap} onChange={(e) => edit({ word_wrap: e.currentTarget.checked })} />
          <Switch label="Number lines" checked={editor.line_numbers} onChange={(e) => edit({ line_numbers: e.currentTarget.checked })} />
        </Group>
        <ProblemNote error={change.error} />
        <Group>
          <Button variant="default" size="compact-sm" onClick={toggle} aria-expanded={history}>
            {history ? "Hide history" : "History"}
          </Button>
        </Group>
        {history && (
          <Suspense fallback={<Skeleton h={80} />}>
            <PreferenceHistory />
          </Suspense>
        )}
      </Stack>
    </Panel>
  );
}
