import { Anchor, type AnchorProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { Ref } from "react";

function InText(props: AnchorProps & { ref?: Ref<HTMLAnchorElement> }) {
  return <Anchor underline="always" inherit {...props} />;
}

/** A link to a screen, within a sentence. */
export const TextLink = createLink(InText);
