import { Badge } from "@mantine/core";
import type { ManagedUser } from "@stoa/sdk";

const colors = { active: "teal", invited: "blue", locked: "red" };

export function StatusOfUser({ user }: { user: ManagedUser }) {
  return (
    <Badge variant="light" tt="none" color={colors[user.status]}>
      {user.status}
    </Badge>
  );
}
