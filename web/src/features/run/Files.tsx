import { ActionIcon, Button, FileButton, Group, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPaperclip, IconX } from "@tabler/icons-react";
import { useState, type DragEvent } from "react";
import { bytes } from "../../ui/format.ts";
import { attach, refusalOf, type Attached } from "./attach.ts";
import classes from "./Run.module.css";

interface FilesProps {
  files: Attached[];
  onFiles: (files: Attached[]) => void;
  artefacts: string[];
  onArtefacts: (patterns: string[]) => void;
}

/** The files that lie beside the program, and those that it is to leave behind. */
export function Files({ files, onFiles, artefacts, onArtefacts }: FilesProps) {
  const [over, setOver] = useState(false);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    onFiles(attach(files, [...e.dataTransfer.files]));
  };
  return (
    <Stack gap="sm">
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
            {files.length === 0 ? "Drop files here: they lie in the program's folder." : "In the program's folder:"}
          </Text>
          <FileButton multiple onChange={(chosen) => onFiles(attach(files, chosen))}>
            {(props) => (
              <Button {...props} size="compact-sm" variant="default" leftSection={<IconPaperclip size={14} />}>
                Attach files
              </Button>
            )}
          </FileButton>
        </Group>
        {files.map((a, i) => (
          <Group key={i} gap="xs" wrap="nowrap" mt={6}>
            <TextInput
              aria-label={`Path of ${a.file.name}`}
              size="xs"
              flex={1}
              value={a.path}
              onChange={(e) => onFiles(files.map((f, j) => (i === j ? { ...f, path: e.currentTarget.value } : f)))}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            />
            <Text size="xs" c="var(--stoa-quiet)" style={{ whiteSpace: "nowrap" }}>
              {bytes(a.file.size)}
            </Text>
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Take ${a.path} away`} onClick={() => onFiles(files.filter((_, j) => j !== i))}>
              <IconX size={14} />
            </ActionIcon>
          </Group>
        ))}
      </div>
      {refusalOf(files) && (
        <Text size="xs" c="red" role="alert">
          {refusalOf(files)}
        </Text>
      )}
      <TagsInput
        label="Keep when it ends"
        description="Files that the program leaves in its folder: plot.png, *.csv, out/**"
        placeholder="out/**"
        size="xs"
        value={artefacts}
        onChange={onArtefacts}
      />
    </Stack>
  );
}
