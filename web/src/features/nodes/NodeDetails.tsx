import { Badge, Button, Group, List, SimpleGrid, Stack, Text, ThemeIcon } from "@mantine/core";
import { data, type Node } from "@stoa/sdk";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { bytes, runtimeName } from "../../ui/format.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { useConfirm } from "../../ui/useConfirm.tsx";
import { NodeBadge } from "./NodeBadge.tsx";
import { SlotsBar } from "./SlotsBar.tsx";

/** Everything about one node, and what can be done with it. */
export function NodeDetails({ node: n, onRemoved }: { node: Node; onRemoved: () => void }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["nodes"] });
  const [dialog, confirm] = useConfirm();
  const act = useMutation({
    mutationFn: (verb: "cordon" | "uncordon" | "drain") => {
      const params = { params: { path: { id: n.id } } };
      if (verb === "cordon") return data(stoa.api.POST("/api/v1/nodes/{id}/cordon", params));
      if (verb === "uncordon") return data(stoa.api.POST("/api/v1/nodes/{id}/uncordon", params));
      return data(stoa.api.POST("/api/v1/nodes/{id}/drain", params));
    },
    onSettled: refresh,
  });
  const remove = () =>
    confirm({
      title: `Remove ${n.name}?`,
      body: "Its certificate is revoked. What runs there ends within seconds and is retried elsewhere or ends as an error; drain it first to avoid that.",
      verb: "Remove",
      act: async () => {
        await stoa.api.DELETE("/api/v1/nodes/{id}", { params: { path: { id: n.id } } });
        await refresh();
        onRemoved();
      },
    });
  const blocked = n.cordoned || n.status === "draining";
  return (
    <Stack>
      <NodeBadge node={n} />
      {n.reason && <Text size="sm">{n.reason}</Text>}
      <Group gap="xs">
        {blocked ? (
          <Button size="xs" variant="default" loading={act.isPending && act.variables === "uncordon"} onClick={() => act.mutate("uncordon")}>
            Uncordon
          </Button>
        ) : (
          <Button size="xs" variant="default" loading={act.isPending && act.variables === "cordon"} onClick={() => act.mutate("cordon")}>
            Cordon
          </Button>
        )}
        <Button size="xs" variant="default" disabled={n.status !== "ready"} loading={act.isPending && act.variables === "drain"} onClick={() => act.mutate("drain")}>
          Drain
        </Button>
        <Button size="xs" variant="light" color="red" onClick={remove}>
          Remove
        </Button>
      </Group>
      <Text size="xs" c="var(--stoa-quiet)">
        {blocked ? "Nothing new starts here until it is uncordoned." : "Cordon: nothing new starts here. Drain: the same, and it says when what runs here has ended."}
      </Text>
      <ProblemNote error={act.error} />
      <SimpleGrid cols={2} spacing="xs">
        <Fact name="Slots">
          <SlotsBar node={n} />
        </Fact>
        <Fact name="Machine">
          {n.cores} cores, {bytes(n.memory_bytes)}
        </Fact>
        <Fact name="System">{[n.os, n.arch].filter(Boolean).join(" ") || "unknown"}</Fact>
        <Fact name="Agent">{n.agent_version || "unknown"}</Fact>
        <Fact name="Address">{n.address || "unknown"}</Fact>
        <Fact name="Last heard">{n.last_seen_at ? <Ago time={n.last_seen_at} /> : "never"}</Fact>
        <Fact name="Joined">
          <Ago time={n.enrolled_at} />
        </Fact>
        <Fact name="Id">
          <Group gap={4} wrap="nowrap">
            <Text size="xs" ff="monospace" truncate>
              {n.id}
            </Text>
            <CopyButton text={n.id} label="Copy id" />
          </Group>
        </Fact>
      </SimpleGrid>
      <div>
        <Text fw={600} size="sm" mb={6}>
          What its sandbox keeps
        </Text>
        {n.enforcement.length === 0 ? (
          <Text size="sm" c="var(--stoa-quiet)">
            Its agent has not said yet.
          </Text>
        ) : (
          <List spacing={4} size="sm" style={{ overflowWrap: "anywhere", paddingInlineStart: 0 }}>
            {n.enforcement.map((e) => (
              <List.Item
                key={e.name}
                icon={
                  <ThemeIcon size={18} radius="xl" variant="light" color={e.ok ? "teal" : "red"} aria-label={e.ok ? "kept" : "not kept"}>
                    {e.ok ? <IconCheck size={12} /> : <IconX size={12} />}
                  </ThemeIcon>
                }
              >
                {e.name}
                <Text size="xs" c="var(--stoa-quiet)">
                  {e.how}
                </Text>
              </List.Item>
            ))}
          </List>
        )}
      </div>
      <div>
        <Text fw={600} size="sm" mb={6}>
          Runtimes
        </Text>
        <Group gap={6}>
          {n.runtimes.map((r) => (
            <Badge key={r.name + r.version} variant="default" tt="none" fw={500}>
              {runtimeName(`${r.name}@${r.version}`)}
            </Badge>
          ))}
        </Group>
      </div>
      {dialog}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="var(--stoa-quiet)">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}
