import { Select } from "@mantine/core";

interface Props<R extends string> {
  of: string; // whose
  roles: { value: R; label: string }[];
  value: string;
  busy: boolean;
  choose: (role: R) => void;
}

/** The role of one member, changed in place. */
export const RoleSelect = <R extends string>({ of, roles, value, busy, choose }: Props<R>) => (
  <Select
    size="xs"
    w={120}
    aria-label={`Role of ${of}`}
    data={roles}
    value={value}
    allowDeselect={false}
    disabled={busy}
    onChange={(role) => role && choose(role as R)}
  />
);
