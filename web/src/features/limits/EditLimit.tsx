import { Button, Group, NumberInput, Select, Stack, Text, Textarea } from "@mantine/core";
import { type Limit } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { administers, isOperator, useMe, useOrganization, useProject } from "../../app/session.ts";
import { stoa } from "../../app/stoa.ts";
import { amount } from "../../ui/format.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

type Scope = "global" | "organization" | "project" | "member" | "user";

export interface ScopeChoice {
  value: Scope;
  label: string;
  id?: string;
  /** Of a member. */
  organization?: string | undefined;
}

/** Gives a scope a value of its own, or takes it away. */
export function EditLimit({ limit, only, onDone }: { limit: Limit; only?: ScopeChoice[]; onDone: () => void }) {
  const mine = useScopes(limit);
  const scopes = only ?? mine;
  const [scope, setScope] = useState<Scope>(scopes[0]?.value ?? "global");
  const target = scopes.find((s) => s.value === scope);
  const named = { ...(target?.id && { scope_id: target.id }), ...(target?.organization && { organization_id: target.organization }) };
  const own = limit.set.find((s) => s.scope === scope);
  const [value, setValue] = useState<number | string>(own?.value ?? limit.value);
  const client = useQueryClient();
  const done = async () => {
    await client.invalidateQueries({ queryKey: ["limits"] });
    onDone();
  };
  const set = useMutation({
    mutationFn: () => stoa.api.PUT("/api/v1/limits/{name}", { params: { path: { name: limit.name } }, body: { scope, value, ...named } }),
    onSuccess: done,
  });
  const clear = useMutation({
    mutationFn: () => stoa.api.DELETE("/api/v1/limits/{name}", { params: { path: { name: limit.name }, query: { scope, ...named } } }),
    onSuccess: done,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        set.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{limit.help}</Text>
        <Select
          label="For"
          data={scopes.map(({ value: v, label }) => ({ value: v, label }))}
          value={scope}
          allowDeselect={false}
          onChange={(v) => {
            setScope(v as Scope);
            setValue(limit.set.find((s) => s.scope === v)?.value ?? limit.value);
          }}
        />
        {limit.words ? (
          <Select label="Value" data={limit.words} value={String(value)} onChange={(v) => v && setValue(v)} allowDeselect={false} />
        ) : limit.unit === "destinations" ? (
          <Textarea label="Value" description="Destinations with spaces between: pypi.org:443 *.example.com 203.0.113.0/24. Or: *, none" autosize required data-autofocus value={String(value)} onChange={(e) => setValue(e.currentTarget.value)} />
        ) : (
          <NumberInput
            label={limit.unit ? `Value, in ${limit.unit}` : "Value"}
            description={`${typeof value === "number" ? amount(value, limit.unit ?? "") : ""} (from ${amount(limit.min ?? 0, limit.unit ?? "")} to ${amount(limit.max ?? 0, limit.unit ?? "")})`}
            inputWrapperOrder={["label", "input", "description", "error"]}
            thousandSeparator=","
            allowDecimal={false}
            required
            data-autofocus
            value={value}
            onChange={setValue}
          />
        )}
        <ProblemNote error={set.error ?? clear.error} />
        <Group justify="space-between">
          <Button variant="subtle" color="red" disabled={!own} loading={clear.isPending} onClick={() => clear.mutate()}>
            Take its own value away
          </Button>
          <Button type="submit" loading={set.isPending} disabled={value === ""}>
            Set
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The scopes whose values the person may set. */
export function useScopes(limit: Limit): ScopeChoice[] {
  const me = useMe();
  const { project } = useProject();
  const organization = useOrganization();
  const scopes: ScopeChoice[] = [];
  if (limit.operator_only && !isOperator(me)) return scopes;
  if (isOperator(me)) scopes.push({ value: "global", label: "This installation" });
  if (limit.global_only) return scopes;
  if (organization && administers(me, organization)) {
    scopes.push({ value: "organization", label: `Organization ${organization.name}`, id: organization.id });
    if (project) scopes.push({ value: "project", label: `Project ${project.name}`, id: project.id });
  }
  if (isOperator(me)) scopes.push({ value: "user", label: "Yourself", id: me.user.id });
  return scopes;
}
