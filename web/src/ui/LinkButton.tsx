import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { Ref } from "react";

function AnchorButton(props: ButtonProps & { ref?: Ref<HTMLAnchorElement> }) {
  return <Button component="a" {...props} />;
}

/** A button that leads to a screen. */
export const LinkButton = createLink(AnchorButton);
