import { Badge, Loader, Tooltip } from "@mantine/core";
import type { ExecutionStatus } from "@stoa/sdk";
import { statuses } from "./status.ts";

export function StatusBadge({ status, size = "md" }: { status: ExecutionStatus; size?: "sm" | "md" }) {
  const look = statuses[status];
  return (
    <Tooltip label={look.help}>
      <Badge
        variant="light"
        color={look.color}
        size={size}
        tt="none"
        fw={600}
        leftSection={look.ended ? undefined : <Loader size={10} color="currentColor" aria-hidden />}
        data-status={status}
      >
        {look.label}
      </Badge>
    </Tooltip>
  );
}
