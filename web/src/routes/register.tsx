import { Text } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useQuery } from "@tanstack/react-query";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { NewcomerForm } from "../features/account/NewcomerForm.tsx";
import { registrationQuery } from "../features/account/queries.ts";
import { TextLink } from "../ui/TextLink.tsx";

export function RegisterPage() {
  const mode = useQuery(registrationQuery).data;
  const foot = <TextLink to="/sign-in">Sign in instead</TextLink>;
  if (mode && mode !== "open") {
    return (
      <Gate title="Registration is not open" foot={foot}>
        <Text size="sm">
          {mode === "invited"
            ? "Ask an administrator of your organization for an invitation, and open its link."
            : "Nobody can register here at the moment. Ask an operator of this installation."}
        </Text>
      </Gate>
    );
  }
  return (
    <Gate title="Register" about="You get an organization and a project of your own." foot={foot}>
      <NewcomerForm verb="Register" submit={(who) => data(stoa.api.POST("/api/v1/auth/register", { body: who }))} />
    </Gate>
  );
}
