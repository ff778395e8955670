import { Button, FileButton, Group, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useState, type DragEvent } from "react";
import classes from "./DropZone.module.css";

/** Where files are dropped or chosen. */
export function DropZone({ onFiles, busy }: { onFiles: (files: File[]) => void; busy: boolean }) {
  const [over, setOver] = useState(false);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    if (!busy) onFiles([...e.dataTransfer.files]);
  };
  return (
    <div
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Group gap="sm" justify="space-between">
        <Text size="sm" c="var(--stoa-quiet)">
          Drop files here: the project keeps them, and runs take them.
        </Text>
        <FileButton multiple onChange={onFiles}>
          {(props) => (
            <Button {...props} size="compact-sm" variant="default" loading={busy} leftSection={<IconUpload size={14} />}>
              Upload files
            </Button>
          )}
        </FileButton>
      </Group>
    </div>
  );
}
