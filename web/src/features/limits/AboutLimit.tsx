import { Code, Text } from "@mantine/core";
import type { Limit } from "@stoa/sdk";

/** What a limit is about, and its name. */
export function AboutLimit({ limit }: { limit: Limit }) {
  return (
    <div>
      <Text size="sm">{limit.help}</Text>
      <Code fz={11}>{limit.name}</Code>
    </div>
  );
}
