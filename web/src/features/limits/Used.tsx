import { Text } from "@mantine/core";
import type { Limit } from "@stoa/sdk";
import { amount } from "../../ui/format.ts";

/** How much of a limit is used now, where that is counted; red when nothing is left. */
export function Used({ limit }: { limit: Limit }) {
  if (limit.used === undefined) return null;
  const full = typeof limit.value === "number" && limit.used >= limit.value;
  return (
    <Text span size="sm" c={full ? "red" : undefined} style={{ whiteSpace: "nowrap" }}>
      {amount(limit.used, limit.unit === "bytes" ? "bytes" : "")}
    </Text>
  );
}
