import { Button, Divider, Stack } from "@mantine/core";
import { data } from "@stoa/sdk";
import { IconLogin2 } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { stoa } from "../../app/stoa.ts";

export const signInProvidersQuery = queryOptions({
  queryKey: ["sign-in-providers"],
  queryFn: async () => (await data(stoa.api.GET("/api/v1/auth/providers"))).items,
});

/** The issuers that people may sign in through, as links: the browser leaves for them. */
export function SignInWays({ next }: { next: string }) {
  const providers = useQuery(signInProvidersQuery);
  if (!providers.data?.length) return null;
  return (
    <Stack gap="sm" mb="sm">
      {providers.data.map((p) => (
        <Button key={p.name} component="a" variant="default" leftSection={<IconLogin2 size={16} />} href={`/api/v1/auth/oidc/${p.name}/start?return_to=${encodeURIComponent(next)}`}>
          Sign in with {p.title}
        </Button>
      ))}
      <Divider label="or with a password" />
    </Stack>
  );
}
