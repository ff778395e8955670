import { Alert, Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArchive } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { administers, isOperator, roleName, useMe, useProject } from "../app/session.ts";
import { EditProject } from "../features/projects/EditProject.tsx";
import { ProjectMembers } from "../features/projects/ProjectMembers.tsx";
import { archiveProject, organizationsQuery, projectQuery, restoreProject, unitsQuery } from "../features/projects/queries.ts";
import { tree } from "../features/projects/tree.ts";
import { Ago } from "../ui/Ago.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { ProblemNote } from "../ui/ProblemNote.tsx";
import { TextLink } from "../ui/TextLink.tsx";
import { useConfirm } from "../ui/useConfirm.tsx";

const route = getRouteApi("/shell/projects/$id");

/** One project: where it stands, who works in it, whether it takes work. */
export function ProjectPage() {
  const { id } = route.useParams();
  const me = useMe();
  const client = useQueryClient();
  const { project: chosen, choose } = useProject();
  const found = useQuery(projectQuery(id));
  const project = found.data;
  const organizations = useQuery(organizationsQuery(isOperator(me)));
  const units = useQuery({ ...unitsQuery(project?.organization_id ?? ""), enabled: !!project?.unit_id });
  const [editing, edit] = useDisclosure();
  const [dialog, confirm] = useConfirm();
  const refresh = () => Promise.all([client.invalidateQueries({ queryKey: ["me"] }), client.invalidateQueries({ queryKey: ["projects"] })]);
  const restore = useMutation({ mutationFn: () => restoreProject(id), onSuccess: refresh });
  if (found.error || !project) return <Page title="Project"><Loading from={found} /></Page>;
  const organization = organizations.data?.find((o) => o.id === project.organization_id);
  const may = project.role === "project.manager" || administers(me, organization);
  const unit = tree(units.data ?? []).find((b) => b.unit.id === project.unit_id)?.path;
  const archive = () =>
    confirm({
      title: `Archive ${project.name}?`,
      body: "It takes no new runs, uploads or saved scripts, and disappears from lists. What is queued or running goes on to its end, everything can still be read, and managers can restore it.",
      verb: "Archive",
      act: async () => {
        await archiveProject(id);
        await refresh();
      },
    });
  return (
    <Page
      title={project.name}
      about={
        <>
          In{" "}
          <TextLink to="/projects" search={{ organization: project.organization_id }}>
            {organization?.name ?? "its organization"}
          </TextLink>
          {unit && ` / ${unit}`}. You {project.role ? `are its ${roleName(project.role).toLowerCase()}` : "do not work in it"}.
        </>
      }
      actions={
        <>
          {!project.archived_at && project.id !== chosen?.id && me.projects.some((p) => p.id === project.id) && (
            <Button variant="default" onClick={() => choose(project.id)}>
              Work in it
            </Button>
          )}
          {may && (
            <Button variant="default" onClick={edit.open}>
              Rename or move
            </Button>
          )}
          {may && !project.archived_at && (
            <Button variant="default" c="red" onClick={archive}>
              Archive
            </Button>
          )}
        </>
      }
    >
      <Stack>
        {project.archived_at && (
          <Alert color="gray" icon={<IconArchive size={18} />} title="Archived">
            <Text size="sm">
              Since <Ago time={project.archived_at} /> it takes no new runs, uploads or saved scripts. Everything in it can still be read.
            </Text>
            {may ? (
              <Button mt="sm" size="xs" variant="default" loading={restore.isPending} onClick={() => restore.mutate()}>
                Restore
              </Button>
            ) : (
              <Text size="sm">Its managers can restore it.</Text>
            )}
          </Alert>
        )}
        <ProblemNote error={restore.error} />
        <ProjectMembers project={project} may={may} />
      </Stack>
      <Modal opened={editing} onClose={edit.close} title={`Rename or move ${project.name}`}>
        {editing && <EditProject project={project} onDone={edit.close} />}
      </Modal>
      {dialog}
    </Page>
  );
}
