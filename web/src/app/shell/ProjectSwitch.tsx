import { Button, Menu, Modal, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { data } from "@stoa/sdk";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemNote } from "../../ui/ProblemNote.tsx";
import { administers, useMe, useOrganization, useProject } from "../session.ts";
import { stoa } from "../stoa.ts";

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
          {administers(me, organization) && organization && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus size={15} />} onClick={make.open}>
                New project in {organization.name}
              </Menu.Item>
            </>
          )}
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

function NewProject({ organizationId, onMade }: { organizationId: string; onMade: (id: string) => void }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => data(stoa.api.POST("/api/v1/projects", { body: { name, organization_id: organizationId } })),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["me"] });
      onMade(made.id);
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <TextInput label="Name" description="Executions, their limits and who may see them belong to a project." value={name} onChange={(e) => setName(e.currentTarget.value)} required data-autofocus mb="md" />
      <ProblemNote error={create.error} />
      <Button type="submit" fullWidth mt="md" loading={create.isPending}>
        Create
      </Button>
    </form>
  );
}
