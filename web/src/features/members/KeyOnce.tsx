import { Alert, Button, Stack } from "@mantine/core";
import { CopyField } from "../../ui/CopyField.tsx";

/** A key of a service account, shown this one time. */
export function KeyOnce({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <Stack>
      <Alert color="teal" title="Copy it now">
        This is the only time that the key is shown.
      </Alert>
      <CopyField label="Key" text={secret} />
      <CopyField label="Try it" text={`curl -H "Authorization: Bearer ${secret}" ${location.origin}/api/v1/me`} />
      <Button onClick={onDone}>Done</Button>
    </Stack>
  );
}
