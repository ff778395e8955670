import { Button, Stack, TextInput } from "@mantine/core";
import { data, type Organization } from "@stoa/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { stoa } from "../../app/stoa.ts";
import { ProblemNote } from "../../ui/ProblemNote.tsx";

/** Founds an organization, or renames one. */
export function NameOrganization({ known, onDone }: { known: { id: string; name: string } | undefined; onDone: (saved: Organization) => void }) {
  const [name, setName] = useState(known?.name ?? "");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      known
        ? data(stoa.api.PATCH("/api/v1/organizations/{id}", { params: { path: { id: known.id } }, body: { name } }))
        : data(stoa.api.POST("/api/v1/organizations", { body: { name } })),
    onSuccess: async (saved) => {
      await Promise.all([client.invalidateQueries({ queryKey: ["me"] }), client.invalidateQueries({ queryKey: ["organizations"] })]);
      onDone(saved);
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          description={known ? "Addresses keep the old one." : "You own it. Its projects, members and units are apart from those of other organizations."}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          required
          maxLength={100}
          data-autofocus
        />
        <ProblemNote error={save.error} />
        <Button type="submit" loading={save.isPending}>
          {known ? "Rename" : "Found"}
        </Button>
      </Stack>
    </form>
  );
}
