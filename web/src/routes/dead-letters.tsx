import { Badge, Button, Checkbox, Drawer, Group, MultiSelect, Select, Stack, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { DeadLetter } from "@stoa/sdk";
import { IconFilterOff, IconMailCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { LetterDetails, StateBadge } from "../features/deadLetters/LetterDetails.tsx";
import { Policies } from "../features/deadLetters/Policies.tsx";
import { chosenStates, decide, isOpen, letterCountsQuery, lettersQuery, letterStates, showsOpen } from "../features/deadLetters/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { Dotted } from "../ui/Dotted.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const route = getRouteApi("/shell/dead-letters");
const levels = { ok: "teal", warning: "yellow", critical: "red" };

const key = (d: DeadLetter) => `${d.consumer}/${d.event_id}`;

export function DeadLettersPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const list = useInfiniteQuery(lettersQuery(search));
  const counts = useQuery(letterCountsQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const [shown, setShown] = useState<DeadLetter>();
  const [dialog, confirm] = useConfirm();
  const open = counts.data?.open ?? 0;
  const set = (what: Partial<typeof search>) => void navigate({ search: { ...search, ...what }, replace: true });
  const rows = list.data?.pages.flatMap((p) => p.items);
  const named = rows?.filter((d) => chosen.includes(key(d))) ?? [];
  const done = async (verb: string, out?: { events: number; more: boolean }) => {
    setChosen([]);
    setShown(undefined);
    if (out) {
      notifications.show({
        color: "teal",
        title: `${out.events.toLocaleString("en")} ${out.events === 1 ? "is" : "are"} ${verb}`,
        message: out.more ? "As many as are decided on at once; there may be more." : verb === "discarded" ? "What waited behind gets its turn." : "What fails again comes back, with the reason.",
      });
    }
    await client.invalidateQueries({ queryKey: ["dead-letters"] });
  };
  const retry = useMutation({ mutationFn: (these: DeadLetter[]) => decide("retry", search, these), onSettled: (out) => done("tried again", out) });
  const discard = (these: DeadLetter[]) =>
    confirm({
      title: these.length > 0 ? `Discard ${these.length}?` : search.consumer || search.reason ? "Discard all open ones that match?" : `Discard all ${open}?`,
      body: "The consumer never handles them. What waits behind them gets its turn.",
      verb: "Discard",
      act: async () => {
        await done("discarded", await decide("discard", search, these));
      },
    });
  const columns: Column<DeadLetter>[] = [
    {
      title: "Choose",
      plain: true,
      cell: (d) =>
        isOpen(d) && (
          <Checkbox
            size="xs"
            aria-label={`Choose ${d.type} for ${d.consumer}`}
            checked={chosen.includes(key(d))}
            onClick={(e) => e.stopPropagation()}
            onChange={(e) => setChosen(e.currentTarget.checked ? [...chosen, key(d)] : chosen.filter((k) => k !== key(d)))}
          />
        ),
    },
    { title: "State", cell: (d) => <StateBadge letter={d} /> },
    { title: "Consumer", cell: (d) => d.consumer },
    {
      title: "Event",
      cell: (d) => (
        <UnstyledButton fz="sm" ff="monospace" onClick={() => setShown(d)}>
          <Dotted name={d.type} />
        </UnstyledButton>
      ),
    },
    { title: "Why", wide: true, cell: (d) => <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>{d.reason}</Text> },
    { title: "Tries", right: true, cell: (d) => d.attempts },
    { title: "Next", cell: (d) => d.next_at && <Ago time={d.next_at} /> },
    { title: "Failed", cell: (d) => <Ago time={d.failed_at} /> },
  ];
  const what = named.length > 0 ? `${named.length}` : "all";
  const nothing = open === 0 || !showsOpen(search);
  return (
    <Page
      title="Dead letters"
      about="Events that a part of Stoa could not handle. Later ones about the same thing wait behind them."
      actions={
        <>
          <Button size="xs" variant="default" disabled={nothing} loading={retry.isPending} onClick={() => retry.mutate(named)}>
            Retry {what}
          </Button>
          <Button size="xs" variant="light" color="red" disabled={nothing} onClick={() => discard(named)}>
            Discard {what}
          </Button>
        </>
      }
    >
      <Stack>
        <ProblemNote error={retry.error} />
        <Group gap="xs">
          {counts.data && (
            <Tooltip label={`Too many from ${counts.data.warning} on, far too many from ${counts.data.critical} on: settings events.dead_letters.*`}>
              <Badge variant="light" tt="none" color={levels[counts.data.level]}>
                {open} open
              </Badge>
            </Tooltip>
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
            onOpen={setShown}
            empty={
              search.consumer || search.reason || search.state ? (
                <EmptyState icon={IconFilterOff} title="Nothing matches" action={<Button variant="default" onClick={() => set({ consumer: undefined, reason: undefined, state: undefined })}>Show what is open</Button>} />
              ) : (
                <EmptyState icon={IconMailCheck} title="Nothing is stuck">
                  What fails is tried again by the policies below; what they give up waits here for you.
                </EmptyState>
              )
            }
          />
        </Panel>
        <Policies />
      </Stack>
      <Drawer opened={!!shown} onClose={() => setShown(undefined)} position="right" size="lg" title={<Text fw={600}>Dead letter</Text>}>
        {shown && <LetterDetails key={key(shown)} letter={shown} busy={retry.isPending} onRetry={() => retry.mutate([shown])} onDiscard={() => discard([shown])} />}
      </Drawer>
      {dialog}
    </Page>
  );
}
