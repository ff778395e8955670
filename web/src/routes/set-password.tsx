import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/set-password");

/** Where the link leads that an operator gave out. */
export function SetPasswordPage() {
  const { token = "" } = route.useSearch();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const set = useMutation({ mutationFn: () => data(stoa.api.POST("/api/v1/auth/password", { body: { secret: token, password } })) });
  if (set.isSuccess) {
    return (
      <Gate title="Your password is set">
        <Text size="sm" ta="center">
          <TextLink to="/sign-in">Sign in</TextLink>
        </Text>
      </Gate>
    );
  }
  return (
    <Gate title="Set your password" about="The link works once. Whatever password you had before ends with it.">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          set.mutate();
        }}
      >
        <Stack gap="sm">
          <PasswordInput label="New password" autoComplete="new-password" required autoFocus value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <PasswordInput label="Once more" autoComplete="new-password" required value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={again !== "" && again !== password && "is not the same"} />
          <ProblemNote error={set.error} title="Not set" />
          <Button type="submit" mt="xs" loading={set.isPending} disabled={password === "" || password !== again}>
            Set password
          </Button>
        </Stack>
      </form>
    </Gate>
  );
}
