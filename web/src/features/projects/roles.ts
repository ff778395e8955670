export type ProjectRole = "project.manager" | "project.member" | "project.viewer";

export const projectRoles: { value: ProjectRole; label: string }[] = [
  { value: "project.manager", label: "Manager: everything in it" },
  { value: "project.member", label: "Member: runs code, reads everything" },
  { value: "project.viewer", label: "Viewer: reads" },
];
