import { Center } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { EmptyState } from "../ui/EmptyState.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";

export function NotFoundPage() {
  return (
    <Center mih="70dvh">
      <EmptyState whole icon={IconMapOff} title="There is nothing at this address" action={<LinkButton to="/run">Go to Run</LinkButton>}>
        It may have been deleted, or it belongs to somebody else.
      </EmptyState>
    </Center>
  );
}
