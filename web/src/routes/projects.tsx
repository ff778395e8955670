import { ActionIcon, Badge, Box, Button, Group, Menu, Modal, Stack, Switch, Text } from "@mantine/core";
import type { Project } from "@stoa/sdk";
import { IconDots, IconFolders, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { administers, isOperator, roleName, useMe, useOrganization, useProject } from "../app/session.ts";
import { NameOrganization } from "../features/projects/NameOrganization.tsx";
import { NewProject } from "../features/projects/NewProject.tsx";
import { OrganizationSelect } from "../features/projects/OrganizationSelect.tsx";
import { organizationsQuery, projectsQuery, unitsQuery } from "../features/projects/queries.ts";
import { tree } from "../features/projects/tree.ts";
import { Units } from "../features/projects/Units.tsx";
import { Ago } from "../ui/Ago.tsx";
import { DataTable, type Column } from "../ui/DataTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Loading } from "../ui/Loading.tsx";
import { Page } from "../ui/Page.tsx";
import { Panel } from "../ui/Panel.tsx";
import { TextLink } from "../ui/TextLink.tsx";

const route = getRouteApi("/shell/projects");

/** An organization's projects and the units that order them. */
export function ProjectsPage() {
  const me = useMe();
  const own = useOrganization();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const organizations = useQuery(organizationsQuery(isOperator(me)));
  const [naming, setNaming] = useState<"found" | "rename">();
  const id = search.organization ?? own?.id;
  const organization = organizations.data?.find((o) => o.id === id);
  const may = administers(me, organization);
  return (
    <Page
      title="Projects"
      about="Work happens in projects: each has its own members, limits and quotas."
      actions={
        <>
          <OrganizationSelect organizations={organizations.data} value={id} choose={(v) => void navigate({ search: { organization: v }, replace: true })} />
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size="lg" variant="default" aria-label="Actions for the organization">
                <IconDots size={17} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {organization && may && <Menu.Item onClick={() => setNaming("rename")}>Rename {organization.name}</Menu.Item>}
              <Menu.Item onClick={() => setNaming("found")}>New organization</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {!!organizations.error && <Box mb="md"><Loading from={organizations} /></Box>}
      {id ? (
        <ProjectsOf key={id} organizationId={id} may={may} />
      ) : (
        <EmptyState icon={IconFolders} title="You belong to no organization" action={<Button onClick={() => setNaming("found")}>New organization</Button>}>
          Ask for an invitation, or found one.
        </EmptyState>
      )}
      <Modal opened={!!naming} onClose={() => setNaming(undefined)} title={naming === "rename" ? `Rename ${organization?.name ?? ""}` : "New organization"}>
        {naming && (
          <NameOrganization
            known={naming === "rename" ? organization : undefined}
            onDone={(saved) => {
              setNaming(undefined);
              void navigate({ search: { organization: saved.id }, replace: true });
            }}
          />
        )}
      </Modal>
    </Page>
  );
}

function ProjectsOf({ organizationId, may }: { organizationId: string; may: boolean }) {
  const me = useMe();
  const navigate = route.useNavigate();
  const { project: chosen, choose } = useProject();
  const projects = useQuery(projectsQuery(organizationId, isOperator(me)));
  const units = useQuery(unitsQuery(organizationId));
  const [making, setMaking] = useState(false);
  const [archived, setArchived] = useState(false);
  const gone = projects.data?.filter((p) => p.archived_at).length ?? 0;
  const shown = projects.data?.filter((p) => archived || !p.archived_at).toSorted((a, b) => a.name.localeCompare(b.name));
  const paths = new Map(tree(units.data ?? []).map((b) => [b.unit.id, b.path]));
  const make = may && (
    <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setMaking(true)}>
      New project
    </Button>
  );
  const columns: Column<Project>[] = [
    {
      title: "Name",
      wide: true,
      cell: (p) => (
        <Group gap={8}>
          <TextLink to="/projects/$id" params={{ id: p.id }} fw={500}>
            {p.name}
          </TextLink>
          {p.id === chosen?.id && <Badge size="sm" variant="light" tt="none">you work here</Badge>}
          {p.archived_at && <Badge size="sm" variant="light" color="gray" tt="none">archived</Badge>}
        </Group>
      ),
    },
    { title: "Unit", cell: (p) => (p.unit_id ? (paths.get(p.unit_id) ?? "") : "none") },
    { title: "Your role", cell: (p) => (p.role ? roleName(p.role) : "none") },
    { title: "Made", cell: (p) => <Ago time={p.created_at} /> },
    {
      title: "Work in it",
      plain: true,
      right: true,
      cell: (p) =>
        p.role && !p.archived_at && p.id !== chosen?.id && me.projects.some((m) => m.id === p.id) && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Work in it: ${p.name}`}
            onClick={(e) => {
              e.stopPropagation();
              choose(p.id);
            }}
          >
            Work in it
          </Button>
        ),
    },
  ];
  return (
    <Stack>
      <Panel
        flush
        title="Projects"
        actions={
          <Group gap="sm">
            {gone > 0 && <Switch size="xs" label={`Show ${gone} archived`} checked={archived} onChange={(e) => setArchived(e.currentTarget.checked)} />}
            {make}
          </Group>
        }
      >
        <DataTable
          label="Projects"
          columns={columns}
          from={projects}
          rows={shown}
          rowKey={(p) => p.id}
          onOpen={(p) => void navigate({ to: "/projects/$id", params: { id: p.id } })}
          empty={
            <EmptyState icon={IconFolders} title="No projects">
              {may ? "Make the first one, and let people of the organization into it." : "Ask somebody who manages a project here to let you in."}
            </EmptyState>
          }
        />
      </Panel>
      <Units organizationId={organizationId} may={may} projects={projects.data} />
      {!may && (
        <Text size="xs" c="var(--stoa-quiet)">
          Owners and admins of the organization make projects and units.
        </Text>
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title="New project">
        <NewProject
          organizationId={organizationId}
          onMade={(made) => {
            setMaking(false);
            void navigate({ to: "/projects/$id", params: { id: made } });
          }}
        />
      </Modal>
    </Stack>
  );
}
