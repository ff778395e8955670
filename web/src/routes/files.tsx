import { ActionIcon, Anchor, Group, Text, Tooltip } from "@mantine/core";
import type { UploadedFile } from "@stoa/sdk";
import { IconFiles, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMe, useProject, works } from "../app/session.ts";
import { DropZone } from "../features/files/DropZone.tsx";
import { deleteFile, filesQuery } from "../features/files/queries.ts";
import { UploadList } from "../features/files/UploadList.tsx";
import { uploads, useUploads } from "../features/files/useUploads.ts";
import { limitsQuery } from "../features/limits/queries.ts";
import { Ago } from "../ui/Ago.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { bytes } from "../ui/format.ts";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

export function FilesPage() {
  const me = useMe();
  const { project } = useProject();
  const files = useInfiniteQuery(filesQuery(project?.id));
  const client = useQueryClient();
  const [dialog, confirm] = useConfirm();
  const refresh = () => client.invalidateQueries({ queryKey: ["files"] });
  const sending = useUploads();
  const limits = useQuery(limitsQuery(project?.id));
  const most = limits.data?.find((l) => l.name === "file.max_bytes");
  const taken = limits.data?.find((l) => l.name === "execution.input.max_bytes")?.value;
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
          {works(project) &&
            (typeof taken !== "number" || f.size <= taken ? (
              <LinkButton to="/run" search={{ file: f.id }} size="compact-xs" variant="light" leftSection={<IconPlayerPlay size={13} />}>
                Use in Run
              </LinkButton>
            ) : (
              <Text span size="xs" c="var(--stoa-quiet)">
                larger than a run takes
              </Text>
            ))}
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
      {works(project) && <DropZone onFiles={(chosen) => uploads.add(chosen, project?.id, most)} most={typeof most?.value === "number" ? most.value : undefined} taken={typeof taken === "number" ? taken : undefined} />}
      <UploadList uploads={sending} drop={(key) => uploads.drop(key)} retry={(key) => uploads.retry(key)} />
      <Panel flush>
        <DataTable
          label="Files"
          columns={columns}
          from={files}
          rows={files.data?.pages.flatMap((p) => p.items)}
          rowKey={(f) => f.id}
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
