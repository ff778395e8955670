import { Alert, Button, Stack } from "@mantine/core";
import { CopyField } from "../../ui/CopyField.tsx";

/** A link that sets somebody's password, shown this once. */
export function PasswordLinkNote({ made, onDone }: { made: { link: string; user: { email: string } }; onDone: () => void }) {
  return (
    <Stack>
      <Alert color="teal" title="Pass this link on">
        Stoa sends no mail. The link is for {made.user.email}, sets a password once, and is shown only now.
      </Alert>
      <CopyField label="Password link" text={location.origin + made.link} />
      <Button onClick={onDone}>Done</Button>
    </Stack>
  );
}
