import { Button, Group, Text, Textarea } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import classes from "./Output.module.css";
import type { Watched } from "./useWatch.ts";

/** A line for the standard input of a program that has no terminal. */
export function InputLine({ watched, focused }: { watched: Watched; focused?: boolean }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const { talk, refused, inputEnded, connection } = watched;
  useEffect(() => {
    if (focused) field.current?.focus();
  }, [focused]);
  if (!talk) {
    return (
      <Text size="xs" c="var(--stoa-quiet)" className={classes.foot}>
        {refused ?? "Its owner, and who manages the project, may write to it; you see what it writes."}
      </Text>
    );
  }
  const cut = connection !== "open";
  const send = () => {
    if (talk.say(`${text}\n`)) setText("");
    field.current?.focus();
  };
  const keyDown = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || e.shiftKey || e.nativeEvent.isComposing) return;
    e.preventDefault();
    send();
  };
  return (
    <div className={classes.foot}>
      <Group gap="xs" align="flex-end">
        <Textarea
          ref={field}
          aria-label="Input"
          placeholder={inputEnded ? "The input has ended" : "A line for its standard input"}
          flex="1 1 200px"
          size="sm"
          autosize
          minRows={1}
          maxRows={6}
          disabled={inputEnded}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          onKeyDown={keyDown}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
        />
        <Button size="sm" onClick={send} disabled={inputEnded || cut}>
          Send
        </Button>
        <Button size="sm" variant="default" onClick={() => talk.end()} disabled={inputEnded || cut}>
          End of input
        </Button>
      </Group>
      {(cut || refused) && (
        <Text size="xs" c="orange" mt={4} role="status">
          {cut ? "Connecting; nothing can be sent yet." : refused}
        </Text>
      )}
    </div>
  );
}
