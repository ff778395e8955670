import { Code, Group, Text } from "@mantine/core";
import { CopyButton } from "./CopyButton.tsx";
import classes from "./CopyField.module.css";

/** A secret or a command that people take elsewhere. */
export function CopyField({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <Group className={classes.field} wrap="nowrap" gap="xs" align="flex-start">
        <Code className={classes.text}>{text}</Code>
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </Group>
    </div>
  );
}
