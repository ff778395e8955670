import { Button, Select, Stack, Text } from "@mantine/core";
import { data, type ServiceAccount } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { KeyOnce } from "./KeyOnce.tsx";

const overlaps = [
  { value: "0", label: "Ends now" },
  { value: "1", label: "1 hour" },
  { value: "24", label: "1 day" },
  { value: "168", label: "1 week" },
];

/** Makes a new key, shows it this one time, and says when the one before ends. */
export function RotateKey({ account, onDone }: { account: ServiceAccount; onDone: () => void }) {
  const [overlap, setOverlap] = useState("24");
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/service-accounts/{id}/keys/rotate", { params: { path: { id: account.id } }, body: { overlap_hours: Number(overlap) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["service-accounts"] }),
  });
  if (rotate.data) {
    return <KeyOnce secret={rotate.data.secret} onDone={onDone} />;
  }
  return (
    <Stack gap="sm">
      <Text size="sm">A new key is made, which lasts 90 days. At most two hold at a time.</Text>
      <Select label="The key before still holds for" data={overlaps} value={overlap} onChange={(v) => v && setOverlap(v)} allowDeselect={false} />
      <ProblemNote error={rotate.error} />
      <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
        Rotate key
      </Button>
    </Stack>
  );
}
