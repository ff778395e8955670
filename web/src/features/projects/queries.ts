import { data, type Project, type Unit } from "@stoa/sdk";
import { queryOptions } from "@tanstack/react-query";
import { everyPage } from "../../app/pages.ts";
import { stoa } from "../../app/stoa.ts";

/** One's organizations; operators see all. */
export const organizationsQuery = (all: boolean) =>
  queryOptions({
    queryKey: ["organizations", all],
    queryFn: () => everyPage((cursor) => data(stoa.api.GET("/api/v1/organizations", { params: { query: { all, limit: 100, cursor } } }))),
  });

/** An organization's projects that one sees, with the archived ones; operators see all. */
export const projectsQuery = (organization: string, all: boolean) =>
  queryOptions({
    queryKey: ["projects", "of", organization, all],
    queryFn: () =>
      everyPage((cursor) => data(stoa.api.GET("/api/v1/projects", { params: { query: { organization_id: organization, archived: true, all, limit: 100, cursor } } }))),
  });

export const projectQuery = (id: string) =>
  queryOptions({ queryKey: ["projects", "one", id], queryFn: () => data(stoa.api.GET("/api/v1/projects/{id}", { params: { path: { id } } })) });

/** Parents come before children. */
export const unitsQuery = (organization: string) =>
  queryOptions({
    queryKey: ["units", organization],
    queryFn: async () => (await data(stoa.api.GET("/api/v1/organizations/{id}/units", { params: { path: { id: organization } } }))).items,
  });

export const organizationMembersQuery = (organization: string) =>
  queryOptions({
    queryKey: ["members", organization],
    queryFn: () => everyPage((cursor) => data(stoa.api.GET("/api/v1/organizations/{id}/members", { params: { path: { id: organization }, query: { limit: 100, cursor } } }))),
  });

export const projectMembersQuery = (id: string) =>
  queryOptions({
    queryKey: ["members", "project", id],
    queryFn: () => everyPage((cursor) => data(stoa.api.GET("/api/v1/projects/{id}/members", { params: { path: { id }, query: { limit: 100, cursor } } }))),
  });

/** What the API takes for "in no unit". */
export const noUnit = "00000000-0000-0000-0000-000000000000";

export const updateProject = (id: string, body: { name?: string; unit_id?: string }) => data(stoa.api.PATCH("/api/v1/projects/{id}", { params: { path: { id } }, body }));
export const archiveProject = (id: string) => stoa.api.DELETE("/api/v1/projects/{id}", { params: { path: { id } } });
export const restoreProject = (id: string): Promise<Project> => data(stoa.api.POST("/api/v1/projects/{id}/restore", { params: { path: { id } } }));

export const createUnit = (organization: string, body: { name: string; parent_id?: string }): Promise<Unit> =>
  data(stoa.api.POST("/api/v1/organizations/{id}/units", { params: { path: { id: organization } }, body }));
export const updateUnit = (id: string, body: { name?: string; parent_id?: string }): Promise<Unit> =>
  data(stoa.api.PATCH("/api/v1/units/{id}", { params: { path: { id } }, body }));
export const deleteUnit = (id: string) => stoa.api.DELETE("/api/v1/units/{id}", { params: { path: { id } } });
