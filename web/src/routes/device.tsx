import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { data, Problem, type Device } from "@stoa/sdk";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { Ago } from "../ui/Ago.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";

const route = getRouteApi("/device");

/** Where a program sends the person who shall sign it in: they type its code, see what asks from where, and decide. */
export function DevicePage() {
  const me = useMe();
  const { code: given = "" } = route.useSearch();
  const [code, setCode] = useState(given);
  const find = useMutation({ mutationFn: () => data(stoa.api.GET("/api/v1/auth/device", { params: { query: { user_code: code } } })) });
  const wrong = find.error instanceof Problem ? find.error.fieldError("user_code") : undefined;
  return (
    <Gate title="Sign in a program" about={`You are signed in as ${me.user.email ?? me.user.name}.`}>
      {find.data ? (
        <Decision device={find.data} code={code} />
      ) : (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            find.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label="Code"
              description="Eight letters that the program shows on its own screen."
              placeholder="WDJB-MJHT"
              autoComplete="off"
              autoFocus
              required
              maxLength={20}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", letterSpacing: "0.1em", textTransform: "uppercase" } }}
              value={code}
              onChange={(e) => setCode(e.currentTarget.value)}
              error={wrong}
            />
            <ProblemNote error={find.error} title="Not found" quiet={["user_code"]} />
            <Button type="submit" loading={find.isPending}>
              Continue
            </Button>
          </Stack>
        </form>
      )}
    </Gate>
  );
}

function Decision({ device, code }: { device: Device; code: string }) {
  const decide = useMutation({
    mutationFn: (approve: boolean) => data(stoa.api.POST("/api/v1/auth/device/decision", { body: { user_code: code, approve } })),
  });
  if (decide.data) {
    return (
      <Alert color={decide.data.status === "approved" ? "teal" : "gray"} title={decide.data.status === "approved" ? "Signed in" : "Denied"} role="status">
        {decide.data.status === "approved" ? `${device.name} acts as you from now on. You can close this page; API tokens lists it and ends it.` : `${device.name} was not signed in.`}
      </Alert>
    );
  }
  const facts: [string, React.ReactNode][] = [
    ["Calls itself", device.name],
    ["Program", device.user_agent || "unknown"],
    ["Asks from", device.remote_address || "unknown"],
    ["Asked", <Ago key="asked" time={device.created_at} />],
    ["For", `${device.expires_in_days} days`],
  ];
  return (
    <Stack gap="sm">
      <dl style={{ display: "grid", gridTemplateColumns: "auto 1fr", gap: "4px 16px", margin: 0 }}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <Text component="dt" size="sm" c="var(--stoa-quiet)">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: "anywhere" }}>
              {value}
            </Text>
          </div>
        ))}
      </dl>
      <Alert color="yellow" title="Did you start this yourself?">
        Approve only what you started a moment ago, with the code from its own screen. Who sent you this link or read you this code could use your account: then deny.
      </Alert>
      <ProblemNote error={decide.error} />
      <Group grow>
        <Button variant="default" onClick={() => decide.mutate(false)} loading={decide.isPending && !decide.variables} disabled={decide.isPending}>
          Deny
        </Button>
        <Button onClick={() => decide.mutate(true)} loading={decide.isPending && decide.variables} disabled={decide.isPending}>
          Approve
        </Button>
      </Group>
    </Stack>
  );
}
