import { ActionIcon, Badge, Code, Modal, Switch, Text, Tooltip } from "@mantine/core";
import type { Limit } from "@stoa/sdk";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { amount } from "../../ui/format.ts";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { AboutLimit } from "../limits/AboutLimit.tsx";
import { EditLimit } from "../limits/EditLimit.tsx";
import { Used } from "../limits/Used.tsx";
import { isOperator, useMe } from "../../app/session.ts";
import { userLimitsQuery } from "./queries.ts";

const usual = ["rate.multiplier_percent", "rate.bypass", "execution.concurrent", "execution.priority.max", "execution.queue.per_user"];

/** What applies to somebody and whose it is, and what is set for them alone: everywhere, or as a member of an organization. */
export function OwnLimits({ user, organization }: { user: { id: string; name: string }; organization?: { id: string; name: string } }) {
  const limits = useQuery(userLimitsQuery(user.id, organization?.id));
  const operator = isOperator(useMe());
  const scope = organization ? "member" : "user";
  const [all, setAll] = useState(false);
  const [edited, setEdited] = useState<Limit>();
  const own = (l: Limit) => l.set.some((s) => s.scope === scope);
  const rows = limits.data?.filter((l) => !l.global_only && (operator || !l.operator_only) && (all || own(l) || usual.includes(l.name)));
  const columns: Column<Limit>[] = [
    { title: "What", wide: true, cell: (l) => <AboutLimit limit={l} /> },
    {
      title: "Applies",
      right: true,
      cell: (l) => (
        <Text span size="sm" fw={600}>
          {amount(l.value, l.unit ?? "")}
        </Text>
      ),
    },
    ...(organization ? [] : [{ title: "Used", right: true, cell: (l: Limit) => <Used limit={l} /> }]),
    {
      title: "Set for",
      cell: (l) => (l.set.length === 0 ? <Text span size="sm" c="var(--stoa-quiet)">default</Text> : <Badge variant="light" tt="none">{l.scope === "user" ? "this user" : l.scope === "member" ? "this member" : l.scope === "global" ? "this installation" : l.scope}</Badge>),
    },
    {
      title: "Change",
      plain: true,
      right: true,
      cell: (l) => (
        <Tooltip label="Change">
          <ActionIcon aria-label={`Change ${l.name}`} onClick={() => setEdited(l)}>
            <IconPencil size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
  return (
    <Panel title="Limits and rates" flush actions={<Switch size="xs" label="All" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />}>
      <DataTable label="Limits and rates" columns={columns} from={limits} rows={rows} rowKey={(l) => l.name} empty={null} />
      <Modal opened={!!edited} onClose={() => setEdited(undefined)} title={<Code>{edited?.name}</Code>}>
        {edited && <EditLimit limit={edited} only={[{ value: scope, label: organization ? `${user.name} in ${organization.name}` : user.name, id: user.id, organization: organization?.id }]} onDone={() => setEdited(undefined)} />}
      </Modal>
    </Panel>
  );
}
