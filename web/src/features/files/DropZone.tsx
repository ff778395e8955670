import { Button, FileButton, Group, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useState, type DragEvent } from "react";
import { bytes } from "../../ui/format.ts";
import classes from "./DropZone.module.css";

/** Where files are dropped or chosen. */
export function DropZone({ onFiles, most, taken }: { onFiles: (files: File[]) => void; most: number | undefined; taken: number | undefined }) {
  const [over, setOver] = useState(false);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    onFiles([...e.dataTransfer.files]);
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
          Drop files here: the project keeps them, and runs take them.{most !== undefined && ` Each may have ${bytes(most)}.`}
          {taken !== undefined && ` A run takes ${bytes(taken)} of files altogether, if its disk and memory hold them.`}
        </Text>
        <FileButton multiple onChange={onFiles}>
          {(props) => (
            <Button {...props} size="compact-sm" variant="default" leftSection={<IconUpload size={14} />}>
              Upload files
            </Button>
          )}
        </FileButton>
      </Group>
    </div>
  );
}
