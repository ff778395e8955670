import { Button, Center, Stack } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

/** When a whole screen can't be shown. */
export function Broken({ error, reset }: { error: unknown; reset?: () => void }) {
  const router = useRouter();
  return (
    <Center mih="60dvh" p="md">
      <Stack maw={520} w="100%">
        <ProblemNote error={error} />
        <Button
          variant="default"
          onClick={() => {
            reset?.();
            void router.invalidate();
          }}
        >
          Try again
        </Button>
      </Stack>
    </Center>
  );
}
