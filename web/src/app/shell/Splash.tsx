import { Center } from "@mantine/core";
import { Mark } from "./Mark.tsx";

/** While it is not known who is there. */
export function Splash() {
  return (
    <Center h="100dvh" aria-busy="true">
      <Mark size={44} />
    </Center>
  );
}
