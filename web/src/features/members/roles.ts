export type OrganizationRole = "organization.owner" | "organization.admin" | "organization.member";

export const organizationRoles: { value: OrganizationRole; label: string }[] = [
  { value: "organization.owner", label: "Owner" },
  { value: "organization.admin", label: "Admin" },
  { value: "organization.member", label: "Member" },
];
