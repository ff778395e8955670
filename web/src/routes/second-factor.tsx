import { Button, Stack } from "@mantine/core";
import { data } from "@stoa/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { signOut } from "../app/signOut.ts";
import { stoa } from "../app/stoa.ts";
import { Gate } from "../features/account/Gate.tsx";
import { EnrollmentSteps, RecoveryCodes } from "../features/account/SecondFactorPanel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";

/** Where people land who must have a second factor here and have none: there is no way on without it. */
export function SecondFactorPage() {
  const [codes, setCodes] = useState<string[]>();
  const enroll = useMutation({ mutationFn: () => data(stoa.api.POST("/api/v1/me/second-factor")) });
  return (
    <Gate title="Set up a second factor" about="This installation asks for one of you. Set up an authenticator app to go on.">
      <Stack gap="sm">
        {codes ? (
          <RecoveryCodes codes={codes} onDone={() => location.assign("/run")} />
        ) : enroll.data ? (
          <EnrollmentSteps made={enroll.data} onDone={setCodes} />
        ) : (
          <>
            <ProblemNote error={enroll.error} />
            <Button loading={enroll.isPending} onClick={() => enroll.mutate()}>
              Set up an authenticator app
            </Button>
            <Button variant="subtle" onClick={() => void signOut()}>
              Sign out
            </Button>
          </>
        )}
      </Stack>
    </Gate>
  );
}
