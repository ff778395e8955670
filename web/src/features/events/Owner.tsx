import { Select } from "@mantine/core";
import { administers, isOperator, useMe, useOrganization } from "../../app/session.ts";

const platform = "platform";

/** Whose own a new sink or replay may be; undefined is the platform's. */
export function useOwners(): { owners: { value: string; label: string }[]; first: string } {
  const me = useMe();
  const current = useOrganization();
  const organizations = me.organizations.filter((o) => administers(me, o)).map((o) => ({ value: o.id, label: o.name }));
  if (isOperator(me)) return { owners: [{ value: platform, label: "This installation: everybody's events" }, ...organizations], first: platform };
  return { owners: organizations, first: organizations.find((o) => o.value === current?.id)?.value ?? organizations[0]?.value ?? platform };
}

/** The organization that the API is to be told, if any. */
export const ownerId = (owner: string) => (owner === platform ? undefined : owner);

export function OwnerSelect({ value, onChange }: { value: string; onChange: (owner: string) => void }) {
  const { owners } = useOwners();
  return <Select label="Whose" description="An organization's own gets its events only" allowDeselect={false} data={owners} value={value} onChange={(v) => v && onChange(v)} />;
}

/** Names an owner in a list: the organization, as far as it is known. */
export function OwnerName({ id }: { id: string | undefined }) {
  const me = useMe();
  if (!id) return <>the platform</>;
  return <>{me.organizations.find((o) => o.id === id)?.name ?? id}</>;
}
