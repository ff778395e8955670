import { data, type Me, type Project } from "@stoa/sdk";
import { useLocalStorage } from "@mantine/hooks";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { stoa } from "./stoa.ts";

export const meQuery = queryOptions({ queryKey: ["me"], queryFn: () => data(stoa.api.GET("/api/v1/me")), staleTime: 60_000 });

/** Who is signed in. Screens below the shell exist only when somebody is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export type MyProject = Me["projects"][number];

/** The project that the person works in, and how to change it. */
export function useProject(): { project: MyProject | undefined; projects: MyProject[]; choose: (id: string) => void } {
  const me = useMe();
  const [chosen, choose] = useLocalStorage({ key: "stoa.project", defaultValue: "", getInitialValueInEffect: false });
  const project =
    me.projects.find((p) => p.id === chosen) ?? me.projects.find((p) => p.id === me.default_project_id) ?? me.projects[0];
  return { project, projects: me.projects, choose };
}

/** The organization of the chosen project, or the person's first. */
export function useOrganization(): Me["organizations"][number] | undefined {
  const me = useMe();
  const { project } = useProject();
  return me.organizations.find((o) => o.id === project?.organization_id) ?? me.organizations[0];
}

export function isOperator(me: Me): boolean {
  return me.platform_roles.includes("platform.operator");
}

/** Whether the person runs this organization. */
export function administers(me: Me, organization: { role?: string } | undefined): boolean {
  return isOperator(me) || organization?.role === "organization.owner" || organization?.role === "organization.admin";
}

/** Whether the person manages this project, and so what others run in it. */
export function manages(me: Me, of: { project_id: string; organization_id: string }): boolean {
  return administers(me, me.organizations.find((o) => o.id === of.organization_id)) || me.projects.find((p) => p.id === of.project_id)?.role === "project.manager";
}

/** Whether the person may run code in this project. */
export function works(project: Pick<Project, "role"> | undefined): boolean {
  return !!project?.role && project.role !== "project.viewer";
}

/** "organization.admin" as "Admin". */
export function roleName(role: string): string {
  const name = role.split(".").at(-1) ?? role;
  return name.charAt(0).toUpperCase() + name.slice(1);
}
