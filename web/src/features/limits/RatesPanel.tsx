import { Badge, Button, Text, Tooltip } from "@mantine/core";
import { data, type Rate } from "@stoa/sdk";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { amount, duration } from "../../ui/format.ts";
import { Panel } from "../../ui/Panel.tsx";
import { useConfirm } from "../../ui/useConfirm.tsx";

/** Somebody's request rates: one's own, a user's (for operators), or a member's in an organization. */
const ratesQuery = (user?: string, organization?: string) =>
  queryOptions({
    queryKey: ["rates", organization ?? "", user ?? ""],
    queryFn: async () =>
      user && organization
        ? (await data(stoa.api.GET("/api/v1/organizations/{id}/members/{user_id}/rates", { params: { path: { id: organization, user_id: user } } }))).items
        : (await data(stoa.api.GET("/api/v1/rates", { params: { query: { user_id: user } } }))).items,
    staleTime: 0, // what is left changes by itself
  });

const groups: Record<Rate["group"], string> = { execute: "Runs submitted", api: "Other requests", admin: "Administrative changes", auth: "Sign-ins and the like", stream: "Streams opened" };

const columns: Column<Rate>[] = [
  { title: "What", wide: true, cell: (r) => <Text size="sm">{groups[r.group]}</Text> },
  {
    title: "Left",
    right: true,
    cell: (r) => (
      <Text span size="sm" fw={600} c={r.limited && r.remaining === 0 ? "red" : undefined} style={{ whiteSpace: "nowrap" }}>
        {r.limited ? `${r.remaining.toLocaleString("en")} of ${r.burst.toLocaleString("en")}` : "unlimited"}
      </Text>
    ),
  },
  { title: "Rate", right: true, cell: (r) => r.limited && <Text span size="sm">{`${r.requests.toLocaleString("en")} in ${duration(1000 * r.window_seconds)}`}</Text> },
  { title: "Next in", right: true, cell: (r) => r.retry_seconds > 0 && <Text span size="sm">{duration(1000 * r.retry_seconds)}</Text> },
  { title: "Full again in", right: true, cell: (r) => r.reset_seconds > 0 && <Text span size="sm">{duration(1000 * r.reset_seconds)}</Text> },
  { title: "Set for", cell: (r) => <SetFor rate={r} /> },
];

/** Whose settings make a rate; the tooltip has all of them. */
function SetFor({ rate }: { rate: Rate }) {
  const own = [...new Set(rate.rules.map((r) => r.scope).filter((scope) => scope !== "global"))];
  return (
    <Tooltip label={rate.rules.map((r) => `${r.name} ${amount(r.value, r.unit)} (${r.scope})`).join(", ")} multiline maw={360}>
      {own.length > 0 ? (
        <Badge variant="light" tt="none">{own.join(", ")}</Badge>
      ) : (
        <Text span size="sm" c="var(--stoa-quiet)">this installation</Text>
      )}
    </Tooltip>
  );
}

/** How often somebody may ask, what is left of that, and a way to make it whole again. */
export function RatesPanel({ user, organization, resets }: { user?: { id: string; name: string }; organization?: string; resets?: boolean }) {
  const rates = useQuery({ ...ratesQuery(user?.id, organization), refetchInterval: user ? 10_000 : false });
  const client = useQueryClient();
  const [dialog, confirm] = useConfirm();
  const reset = useMutation({
    mutationFn: (id: string) => stoa.api.POST("/api/v1/rates/reset", { body: { user_id: id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["rates"] }),
  });
  const resetAt = rates.data?.[0]?.reset_at;
  return (
    <Panel
      title="Requests left"
      flush
      actions={
        user && resets ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() =>
              confirm({ title: "Make the rates whole again?", body: `What ${user.name} has used so far counts no more. The rates stay as they are set.`, verb: "Reset", act: () => reset.mutateAsync(user.id) })
            }
          >
            Reset rates
          </Button>
        ) : undefined
      }
    >
      <DataTable label="Requests left" columns={columns} from={rates} rows={rates.data} rowKey={(r) => r.group} empty={null} />
      {resetAt && (
        <Text size="xs" c="var(--stoa-quiet)" px="md" py="xs">
          Made whole <Ago time={resetAt} />
        </Text>
      )}
      {dialog}
    </Panel>
  );
}
