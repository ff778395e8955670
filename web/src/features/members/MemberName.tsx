import { Badge, Text } from "@mantine/core";

/** Somebody in a list of members. */
export const MemberName = ({ name, you, machine }: { name: string; you: boolean; machine?: boolean }) => (
  <Text span size="sm" fw={500}>
    {name} {you && <Badge size="sm" variant="light" tt="none">you</Badge>}
    {machine && <Badge size="sm" variant="light" color="gray" tt="none">service account</Badge>}
  </Text>
);
