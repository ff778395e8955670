import { ActionIcon, Anchor, Group, Tooltip } from "@mantine/core";
import type { UploadedFile } from "@stoa/sdk";
import { IconFiles, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMe, useProject, works } from "../app/session.ts";
import { DropZone } from "../features/files/DropZone.tsx";
import { deleteFile, filesQuery, uploadFile } from "../features/files/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { bytes } from "../ui/format.ts";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function FilesPage() {
  const me = useMe();
  const { project } = useProject();
  const files = useInfiniteQuery(filesQuery(project?.id));
  const client = useQueryClient();
  const [dialog, confirm] = useConfirm();
  const refresh = () => client.invalidateQueries({ queryKey: ["files"] });
  const upload = useMutation({
    mutationFn: async (chosen: File[]) => {
      for (const file of chosen) await uploadFile(file, project?.id); // one after the other: a refusal says which were kept
    },
    onSettled: refresh,
  });
  const changes = (f: UploadedFile) => f.owner_id === me.user.id || project?.role === "project.manager";
  const remove = (f: UploadedFile) =>
    confirm({
      title: `Delete ${f.name}?`,
      body: "Executions that ran with it keep their copy.",
      verb: "Delete",
      act: async () => {
        await deleteFile(f.id);
        await refresh();
      },
    });
  const columns: Column<UploadedFile>[] = [
    {
      title: "Name",
      cell: (f) => (
        <Group gap={4} wrap="nowrap">
          <Anchor href={`/api/v1/files/${f.id}/content`} download={f.name} size="sm" fw={500} style={{ wordBreak: "break-all" }}>
            {f.name}
          </Anchor>
          <CopyButton text={`stoa run --file-id ${f.id}`} label="Copy the option that runs with it" />
        </Group>
      ),
    },
    { title: "Size", right: true, cell: (f) => bytes(f.size) },
    { title: "Uploaded", cell: (f) => <Ago time={f.uploaded_at} /> },
    {
      title: "Actions",
      plain: true,
      right: true,
      cell: (f) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {works(project) && (
            <LinkButton to="/run" search={{ file: f.id }} size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={13} />}>
              Use in Run
            </LinkButton>
          )}
          {changes(f) && (
            <Tooltip label="Delete">
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Delete ${f.name}`} onClick={() => remove(f)}>
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Page title="Files" about="Uploaded once, for any number of runs to take.">
      <ProblemNote error={files.error ?? upload.error} />
      {works(project) && <DropZone onFiles={(chosen) => chosen.length > 0 && upload.mutate(chosen)} busy={upload.isPending} />}
      <Panel flush>
        <DataTable
          label="Files"
          columns={columns}
          rows={files.data?.pages.flatMap((p) => p.items)}
          rowKey={(f) => f.id}
          more={files.hasNextPage ? { load: () => void files.fetchNextPage(), loading: files.isFetchingNextPage } : undefined}
          empty={
            <EmptyState icon={IconFiles} title="No files yet">
              A file that is uploaded here is beside every program that names it, and is not sent with each run again.
            </EmptyState>
          }
        />
      </Panel>
      {dialog}
    </Page>
  );
}
