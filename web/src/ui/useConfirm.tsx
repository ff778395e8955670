import { Button, Group, Modal, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { ProblemNote } from "./ProblemNote.tsx";

interface Question {
  title: string;
  body: ReactNode;
  /** The verb on the button. */
  verb: string;
  act: () => Promise<unknown>;
}

/** Asks before something that can't be undone: `const [dialog, confirm] = useConfirm()`. The way back has the focus: a key held too long decides nothing. */
export function useConfirm(): [ReactNode, (question: Question) => void] {
  const [question, setQuestion] = useState<Question>();
  const [open, setOpen] = useState(false);
  const act = useMutation({ mutationFn: async () => question?.act(), onSuccess: () => setOpen(false) });
  const dialog = (
    <Modal opened={open} onClose={() => setOpen(false)} title={question?.title}>
      <Text size="sm" mb="md" component="div">
        {question?.body}
      </Text>
      <ProblemNote error={act.error} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
          Keep
        </Button>
        <Button color="red" loading={act.isPending} onClick={() => act.mutate()}>
          {question?.verb}
        </Button>
      </Group>
    </Modal>
  );
  return [
    dialog,
    (next) => {
      act.reset();
      setQuestion(next);
      setOpen(true);
    },
  ];
}
