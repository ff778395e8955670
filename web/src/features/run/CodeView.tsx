import { Skeleton } from "@mantine/core";
import { lazy, Suspense, type ComponentProps } from "react";
import "./editorColors.css";

const Editor = lazy(() => import("./Editor.tsx").then((m) => ({ default: m.Editor })));

/** The editor, which loads when it is first needed. */
export function CodeView(props: ComponentProps<typeof Editor>) {
  return (
    <Suspense fallback={<Skeleton height="100%" mih={160} radius={0} aria-busy="true" />}>
      <Editor {...props} />
    </Suspense>
  );
}
