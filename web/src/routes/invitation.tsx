import { Button, Stack, Text } from "@mantine/core";
import { data, Problem } from "@stoa/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { meQuery } from "../app/session.ts";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { NewcomerForm } from "../features/account/NewcomerForm.tsx";
import { Loading } from "../ui/Loading.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/invitation");

/** Where an invitation's link leads: who is signed in accepts it, everybody else registers with it. */
export function InvitationPage() {
  const { token = "" } = route.useSearch();
  const me = useQuery({ ...meQuery, retry: false });
  const accept = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/invitations/accept", { body: { secret: token } })),
    onSuccess: () => location.assign("/run"),
  });
  const stranger = me.error instanceof Problem && me.error.status === 401;
  if (me.data) {
    return (
      <Gate title="You are invited" about={`You are signed in as ${me.data.user.email}.`}>
        <Stack>
          <Text size="sm">Accept, and you become a member of the organization that invited you. Its projects then appear in the project switch.</Text>
          <ProblemNote error={accept.error} />
          <Button onClick={() => accept.mutate()} loading={accept.isPending || accept.isSuccess}>
            Accept the invitation
          </Button>
        </Stack>
      </Gate>
    );
  }
  return (
    <Gate
      title="You are invited"
      about="Register to join; use the e-mail address that was invited."
      foot={
        <>
          Have an account?{" "}
          <TextLink to="/sign-in" search={{ next: `/invitation?token=${encodeURIComponent(token)}` }}>
            Sign in and accept
          </TextLink>
        </>
      }
    >
      {stranger ? (
        <NewcomerForm verb="Register and join" submit={(who) => data(stoa.api.POST("/api/v1/auth/register", { body: { ...who, invitation: token } }))} />
      ) : (
        <Loading from={me} height={240} />
      )}
    </Gate>
  );
}
