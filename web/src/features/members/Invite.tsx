import { Alert, Button, Select, Stack, TextInput } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { CopyField } from "../../ui/CopyField.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { registrationQuery } from "../account/queries.ts";
import { organizationRoles, type OrganizationRole } from "./roles.ts";

/** Makes an invitation and shows its link, which the person who invites passes on. */
export function Invite({ organizationId, onDone }: { organizationId: string; onDone: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<OrganizationRole>("organization.member");
  const client = useQueryClient();
  const registration = useQuery(registrationQuery).data;
  const invite = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/organizations/{id}/invitations", { params: { path: { id: organizationId } }, body: { email, role } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations"] }),
  });
  if (invite.data) {
    return (
      <Stack>
        <Alert color="teal" title="Pass this link on">
          Stoa sends no mail. The link is for {invite.data.invitation.email}, works once, and is shown only now.
        </Alert>
        {registration === "closed" && (
          <Alert color="orange" title="Registration is closed">
            Only who has an account already can accept it. An operator lets invited people register with the setting identity.registration.
          </Alert>
        )}
        <CopyField label="Invitation link" text={location.origin + invite.data.link} />
        <Button onClick={onDone}>Done</Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        invite.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput label="E-mail" type="email" required data-autofocus value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
        <Select label="Role" data={organizationRoles} value={role} onChange={(v) => v && setRole(v as OrganizationRole)} allowDeselect={false} />
        <ProblemNote error={invite.error} />
        <Button type="submit" loading={invite.isPending}>
          Make an invitation
        </Button>
      </Stack>
    </form>
  );
}
