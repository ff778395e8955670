import { Group, Text, Tooltip } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { IconEye, IconKeyboard } from "@tabler/icons-react";
import { use } from "react";
import { useMe } from "../../app/session.ts";
import { moment, TimeStyleContext } from "../../ui/moment.ts";
import { companyOf } from "./company.ts";
import { ended } from "./status.ts";

/** Who else is attached to a run, while it lasts: who may type, and who watches. */
export function Company({ execution: e }: { execution: Execution }) {
  const me = useMe();
  const style = use(TimeStyleContext);
  const company = ended(e) ? [] : companyOf(e, me.user.id);
  return company.map((p) => (
    <Tooltip key={p.id} label={`Attached since ${moment(p.since, style)}`}>
      <Group gap={4} wrap="nowrap" c="var(--stoa-quiet)">
        {p.writes ? <IconKeyboard size={15} aria-hidden /> : <IconEye size={15} aria-hidden />}
        <Text size="sm" span style={{ overflowWrap: "anywhere" }}>
          {p.name} {p.writes ? "may type" : "watches"}
        </Text>
      </Group>
    </Tooltip>
  ));
}
