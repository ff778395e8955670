import { Anchor, Text, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { NewcomerForm } from "../features/account/NewcomerForm.tsx";
import { setupQuery } from "../features/account/queries.ts";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/setup");

export function SetupPage() {
  const link = route.useSearch().token;
  const [token, setToken] = useState(link ?? "");
  const setup = useQuery(setupQuery);
  if (setup.data?.needed === false) {
    return (
      <Gate title="Already set up">
        <Text size="sm">
          This installation has its administrator. <TextLink to="/sign-in">Sign in</TextLink> instead.
        </Text>
      </Gate>
    );
  }
  return (
    <Gate title="Welcome to Stoa" about="You are the first one here. Your account will run this installation.">
      {!link && (
        <TextInput
          label="Set-up token"
          description="stoad prints a link with it when it starts."
          mb="sm"
          required
          value={token}
          onChange={(e) => setToken(e.currentTarget.value.trim())}
        />
      )}
      <NewcomerForm verb="Set up Stoa" submit={(who) => data(stoa.api.POST("/api/v1/setup", { body: { ...who, token } }))} />
      <Text size="xs" c="var(--stoa-quiet)" mt="sm">
        There is no default password, and the link works once. <Anchor href="/docs" inherit underline="always">What happens next</Anchor>
      </Text>
    </Gate>
  );
}
