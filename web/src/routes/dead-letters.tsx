import { Anchor, Badge, Button, Checkbox, Group, MultiSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { DeadLetter } from "@stoa/sdk";
import { IconMailCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Policies } from "../features/deadLetters/Policies.tsx";
import { chosenStates, decide, letterCountsQuery, lettersQuery, letterStates, showsOpen } from "../features/deadLetters/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { Dotted } from "../ui/Dotted.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const route = getRouteApi("/shell/dead-letters");
const levels = { ok: { color: "teal", label: "Few" }, warning: { color: "yellow", label: "Many" }, critical: { color: "red", label: "Too many" } };

const key = (d: DeadLetter) => `${d.consumer}/${d.event_id}`;

export function DeadLettersPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const list = useInfiniteQuery(lettersQuery(search));
  const counts = useQuery(letterCountsQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const [dialog, confirm] = useConfirm();
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  const rows = list.data?.pages.flatMap((p) => p.items);
  const named = rows?.filter((d) => chosen.includes(key(d))) ?? [];
  const done = async (verb: string, out?: { events: number; more: boolean }) => {
    setChosen([]);
    if (out) {
      notifications.show({
        color: "teal",
        title: `${out.events.toLocaleString("en")} ${out.events === 1 ? "is" : "are"} ${verb}`,
        message: out.more ? "As many as are decided on at once; there may be more." : verb === "discarded" ? "What waited behind gets its turn." : "What fails again comes back, with the reason.",
      });
    }
    await client.invalidateQueries({ queryKey: ["dead-letters"] });
  };
  const retry = useMutation({ mutationFn: () => decide("retry", search, named), onSettled: (out) => done("tried again", out) });
  const discard = () =>
    confirm({
      title: named.length > 0 ? `Discard ${named.length}?` : "Discard all that are shown?",
      body: "The consumer never handles them. What waits behind them gets its turn.",
      verb: "Discard",
      act: async () => {
        await done("discarded", await decide("discard", search, named));
      },
    });
  const columns: Column<DeadLetter>[] = [
    {
      title: "Choose",
      plain: true,
      cell: (d) =>
        (d.state === "pending" || d.state === "scheduled") && (
          <Checkbox
            size="xs"
            aria-label={`Choose ${d.type} for ${d.consumer}`}
            checked={chosen.includes(key(d))}
            onChange={(e) => setChosen(e.currentTarget.checked ? [...chosen, key(d)] : chosen.filter((k) => k !== key(d)))}
          />
        ),
    },
    { title: "State", cell: (d) => <Badge variant="light" tt="none" color={letterStates[d.state].color}>{letterStates[d.state].label}</Badge> },
    { title: "Consumer", cell: (d) => d.consumer },
    {
      title: "Event",
      cell: (d) => (
        <Anchor component={Link} to="/events" search={{ subject: d.subject } as never} size="sm" ff="monospace">
          <Dotted name={d.type} />
        </Anchor>
      ),
    },
    { title: "Why", wide: true, cell: (d) => <Text size="sm" lineClamp={2} title={d.reason} style={{ overflowWrap: "anywhere" }}>{d.reason}</Text> },
    { title: "Tries", right: true, cell: (d) => d.attempts },
    { title: "Next", cell: (d) => d.next_at && <Ago time={d.next_at} /> },
    { title: "Failed", cell: (d) => <Ago time={d.failed_at} /> },
  ];
  const what = named.length > 0 ? `${named.length}` : "all";
  const open = counts.data?.open ?? 0;
  const nothing = open === 0 || !showsOpen(search);
  return (
    <Page
      title="Dead letters"
      about="Events that a part of Stoa could not handle. Later ones about the same thing wait behind them."
      actions={
        <>
          <Button size="xs" variant="default" disabled={nothing} loading={retry.isPending} onClick={() => retry.mutate()}>
            Retry {what}
          </Button>
          <Button size="xs" variant="light" color="red" disabled={nothing} onClick={discard}>
            Discard {what}
          </Button>
        </>
      }
    >
      <Stack>
        <ProblemNote error={retry.error} />
        <Group gap="xs">
          {counts.data && (
            <Badge variant="light" tt="none" color={levels[counts.data.level].color}>
              {levels[counts.data.level].label}: {open} open
            </Badge>
          )}
          <Select aria-label="Consumer" placeholder="Any consumer" size="xs" w={180} clearable value={search.consumer ?? null} onChange={(v) => set({ consumer: v ?? undefined })} data={counts.data?.consumers ?? []} />
          <MultiSelect
            aria-label="State"
            size="xs"
            w={{ base: "100%", xs: 260 }}
            value={chosenStates(search)}
            onChange={(v) => set({ state: v.join(",") || undefined })}
            data={Object.entries(letterStates).map(([value, s]) => ({ value, label: s.label }))}
          />
          <TextInput
            key={search.reason ?? ""}
            aria-label="Why"
            placeholder="Why"
            size="xs"
            defaultValue={search.reason ?? ""}
            onBlur={(e) => e.currentTarget.value !== (search.reason ?? "") && set({ reason: e.currentTarget.value || undefined })}
            onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()}
          />
        </Group>
        <Panel flush>
          <DataTable
            label="Dead letters"
            columns={columns}
            from={[list, counts]}
            rows={rows}
            rowKey={key}
            empty={
              <EmptyState icon={IconMailCheck} title="Nothing is stuck">
                What fails is tried again by the policies below; what they give up waits here for you.
              </EmptyState>
            }
          />
        </Panel>
        <Policies />
      </Stack>
      {dialog}
    </Page>
  );
}
