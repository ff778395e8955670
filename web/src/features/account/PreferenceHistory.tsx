import { Button } from "@mantine/core";
import { data, type PreferenceChange } from "@stoa/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { preferencesQuery } from "../../app/preferences.ts";
import { stoa } from "../../app/stoa.ts";
import { Ago } from "../../ui/Ago.tsx";
import { DataTable, type Column } from "../../ui/DataTable.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { IconHistory } from "@tabler/icons-react";
import { wishWords } from "./wishWords.ts";

/** What the person changed, with a way back to each step. */
export function PreferenceHistory() {
  const client = useQueryClient();
  const changes = useQuery({
    queryKey: ["preference-history"],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/me/preferences/history", { params: { query: { limit: 20 } } }))).items,
  });
  const restore = useMutation({
    mutationFn: (version: number) => data(stoa.api.POST("/api/v1/me/preferences/restore", { body: { version } })),
    onSuccess: (now) => {
      client.setQueryData(preferencesQuery.queryKey, now);
      void client.invalidateQueries({ queryKey: ["preference-history"] });
    },
  });
  const columns: Column<PreferenceChange>[] = [
    { title: "When", cell: (c) => <Ago time={c.changed_at} /> },
    { title: "Changed", wide: true, cell: (c) => (c.restored !== undefined && c.restored !== null ? (c.restored ? "back to an earlier state" : "back to the defaults") : wishWords(c.patch)) },
    {
      title: "Go back",
      plain: true,
      right: true,
      cell: (c) => (
        <Button size="compact-xs" variant="light" loading={restore.isPending && restore.variables === c.version - 1} onClick={() => restore.mutate(c.version - 1)}>
          As before this
        </Button>
      ),
    },
  ];
  return (
    <>
      <ProblemNote error={restore.error} />
      <DataTable
        label="History of preferences"
        columns={columns}
        from={changes}
        rows={changes.data}
        rowKey={(c) => String(c.version)}
        empty={
          <EmptyState icon={IconHistory} title="Nothing changed yet">
            What you change above is listed here, and every step can be taken back.
          </EmptyState>
        }
      />
    </>
  );
}
