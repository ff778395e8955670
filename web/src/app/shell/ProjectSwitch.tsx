import { Button, Menu, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconFolders, IconPlus, IconSelector } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { NewProject } from "../../features/projects/NewProject.tsx";
import { administers, useMe, useOrganization, useProject } from "../session.ts";

/** Shows the project that everything on screen belongs to, and changes it. */
export function ProjectSwitch() {
  const me = useMe();
  const { project, projects, choose } = useProject();
  const organization = useOrganization();
  const [making, make] = useDisclosure();
  return (
    <>
      <Menu width={260} position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" color="gray" c="var(--mantine-color-text)" px={8} maw={220} rightSection={<IconSelector size={15} />} aria-label={`Project: ${project?.name ?? "none"}`}>
            <Text span truncate fw={500} size="sm">
              {project?.name ?? "No project"}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
          {me.organizations.map((o) => {
            const own = projects.filter((p) => p.organization_id === o.id);
            if (own.length === 0) return null;
            return (
              <div key={o.id}>
                <Menu.Label>{o.name}</Menu.Label>
                {own.map((p) => (
                  <Menu.Item key={p.id} onClick={() => choose(p.id)} rightSection={p.id === project?.id && <IconCheck size={15} />}>
                    {p.name}
                  </Menu.Item>
                ))}
              </div>
            );
          })}
          <Menu.Divider />
          {administers(me, organization) && organization && (
            <Menu.Item leftSection={<IconPlus size={15} />} onClick={make.open}>
              New project in {organization.name}
            </Menu.Item>
          )}
          <Menu.Item component={Link} to="/projects" leftSection={<IconFolders size={15} />}>
            All projects and units
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={making} onClose={make.close} title="New project">
        {organization && (
          <NewProject
            organizationId={organization.id}
            onMade={(id) => {
              choose(id);
              make.close();
            }}
          />
        )}
      </Modal>
    </>
  );
}
