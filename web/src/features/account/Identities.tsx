import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { data, type LinkedIdentity } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { problemText } from "./problems.ts";
import { signInProvidersQuery } from "./SignInWays.tsx";

const route = getRouteApi("/shell/account");

/** Who the person is at other issuers. Nothing is shown where there are none. */
export function Identities() {
  const { problem } = route.useSearch();
  const client = useQueryClient();
  const providers = useQuery(signInProvidersQuery);
  const linked = useQuery({ queryKey: ["identities"], queryFn: async () => (await data(stoa.api.GET("/api/v1/me/identities"))).items });
  const link = useMutation({
    mutationFn: async (provider: string) => location.assign((await data(stoa.api.POST("/api/v1/me/identities", { body: { provider, return_to: "/account" } }))).url),
  });
  const unlink = useMutation({
    mutationFn: (id: string) => stoa.api.DELETE("/api/v1/me/identities/{id}", { params: { path: { id } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["identities"] }),
  });
  const more = (providers.data ?? []).filter((p) => !linked.data?.some((l) => l.provider === p.name));
  const nothing = linked.data ? linked.data.length === 0 : linked.errorUpdateCount === 0;
  if (nothing && !more.length) return null;
  const columns: Column<LinkedIdentity>[] = [
    { title: "Issuer", cell: (l) => l.title ?? <Text span size="sm" style={{ overflowWrap: "anywhere" }}>{l.issuer}</Text> },
    { title: "Known there as", cell: (l) => <Text span size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>{l.subject}</Text> },
    { title: "Linked", cell: (l) => <Ago time={l.created_at} /> },
    { title: "Used", cell: (l) => <Ago time={l.last_used_at} /> },
    {
      title: "Unlink",
      plain: true,
      right: true,
      cell: (l) => (
        <Button size="compact-xs" variant="light" color="red" loading={unlink.isPending && unlink.variables === l.id} onClick={() => unlink.mutate(l.id)}>
          Unlink
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Sign-in with other accounts" flush>
      {problem && (
        <Alert color="red" m="md" title="Not linked" role="alert">
          {problemText(problem)}
        </Alert>
      )}
      <ProblemNote error={unlink.error ?? link.error} />
      <DataTable label="Linked accounts" columns={columns} from={linked} rows={linked.data} rowKey={(l) => l.id} empty={null} />
      {more.length > 0 && (
        <Stack p="md" gap="xs">
          <Text size="sm" c="var(--stoa-quiet)">
            Link an account to sign in with it from then on.
          </Text>
          <Group gap="xs">
            {more.map((p) => (
              <Button key={p.name} variant="default" size="compact-sm" loading={link.isPending && link.variables === p.name} onClick={() => link.mutate(p.name)}>
                Link {p.title}
              </Button>
            ))}
          </Group>
        </Stack>
      )}
    </Panel>
  );
}
