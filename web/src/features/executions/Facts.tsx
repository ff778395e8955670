import { Code, SimpleGrid, Text } from "@mantine/core";
import type { Execution } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { isOperator, useMe, useProject } from "../../app/session.ts";
import { bytes, duration, shortId } from "../../ui/format.ts";
import { Panel } from "../../ui/Panel.tsx";
import { TextLink } from "../../ui/TextLink.tsx";
import { nodesQuery } from "../nodes/queries.ts";
import { Owner } from "./Owner.tsx";

/** Where and under which limits it ran. */
export function Facts({ execution: e }: { execution: Execution }) {
  const { projects } = useProject();
  const l = e.limits;
  return (
    <SimpleGrid cols={2} spacing="sm" verticalSpacing="xs">
      <Fact name="Project">{projects.find((p) => p.id === e.project_id)?.name ?? shortId(e.project_id)}</Fact>
      <Fact name="Owner">
        <Owner execution={e} />
      </Fact>
      <Fact name="Node">{e.node_id ? <NodeName id={e.node_id} /> : "none"}</Fact>
      {e.attempt > 1 && <Fact name="Attempt">{e.attempt}</Fact>}
      <Fact name="Priority">{e.priority}</Fact>
      <Fact name="Isolation">{isolation(e)}</Fact>
      <Fact name="Network">{e.network ? "allowed" : "off"}</Fact>
      {e.interactive && <Fact name="Interactive">{[e.terminal ? "terminal" : "line by line", e.recorded && "recorded"].filter(Boolean).join(", ")}</Fact>}
      {e.script && (
        <Fact name="Script">
          <TextLink to="/executions" search={{ script: e.script.id }}>
            {e.script.name}@{e.script.version}
          </TextLink>
        </Fact>
      )}
      {e.retry_of && (
        <Fact name="Retry of">
          <TextLink to="/executions/$id" params={{ id: e.retry_of }} ff="monospace">
            {shortId(e.retry_of)}
          </TextLink>
        </Fact>
      )}
      <Fact name="Limits" wide>
        {[
          l.wall_ms && `${duration(l.wall_ms)} wall`,
          l.cpu_ms && `${duration(l.cpu_ms)} CPU`,
          l.memory_bytes && `${bytes(l.memory_bytes)} memory`,
          l.processes && `${l.processes} processes`,
          l.output_bytes && `${bytes(l.output_bytes)} output`,
          l.disk_bytes && `${bytes(l.disk_bytes)} disk`,
        ]
          .filter(Boolean)
          .join(", ")}
      </Fact>
    </SimpleGrid>
  );
}

/** Nodes are named for operators; everybody else tells them apart. */
function NodeName({ id }: { id: string }) {
  const nodes = useQuery({ ...nodesQuery, enabled: isOperator(useMe()) });
  const name = nodes.data?.find((n) => n.id === id)?.name;
  return name ? <TextLink to="/nodes">{name}</TextLink> : <Code fz="xs">{shortId(id)}</Code>;
}

/** The class that it got, or will get, and what was asked for when that is another one. */
function isolation(e: Execution) {
  const shown = e.class_given ?? e.class ?? "not decided";
  return e.class_asked && e.class_asked !== shown ? `${shown}, asked for ${e.class_asked}` : shown;
}

/** What the program got besides its source, if anything. */
export function InputFacts({ execution: e }: { execution: Execution }) {
  const env = Object.entries(e.env ?? {});
  if (!e.stdin && !e.args?.length && env.length === 0 && !e.files?.length) return null;
  return (
    <Panel title="Input">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {e.args?.length ? <Block name="Arguments">{e.args.join("\n")}</Block> : null}
        {env.length > 0 && <Block name="Environment">{env.map(([k, v]) => `${k}=${v}`).join("\n")}</Block>}
        {e.stdin && <Block name="Standard input">{e.stdin}</Block>}
        {e.files?.length ? <Block name="Files">{e.files.map((f) => f.path).join("\n")}</Block> : null}
      </SimpleGrid>
    </Panel>
  );
}

function Fact({ name, children, wide }: { name: string; children: ReactNode; wide?: boolean }) {
  return (
    <div style={wide ? { gridColumn: "1 / -1" } : undefined}>
      <Text size="xs" c="var(--stoa-quiet)">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}

function Block({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <Text size="xs" c="var(--stoa-quiet)" mb={2}>
        {name}
      </Text>
      <Code block mah={200} style={{ overflow: "auto" }}>
        {children}
      </Code>
    </div>
  );
}
