import { useComputedColorScheme } from "@mantine/core";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef } from "react";
import { theme } from "../../app/theme.ts";
import { copyText } from "../../ui/copy.ts";
import { isReply, leaves, wantsCopy } from "./keys.ts";
import classes from "./Screen.module.css";
import { terminalThemes } from "./terminalThemes.ts";

interface ScreenProps {
  label: string;
  /** Everything that the terminal is told. When it gets longer the rest is written; when shorter, all of it anew. */
  text: string;
  /** Its size in characters; absent, as many as fit. */
  size?: { columns: number; rows: number };
  /** Lines end as they do in files, without a return. */
  bare?: boolean;
  focused?: boolean;
  /** Takes what is typed; absent, nothing can be. */
  onKeys?: (keys: string | Uint8Array<ArrayBuffer>) => void;
  onSize?: (columns: number, rows: number) => void;
  /** The person wants to go on to what follows: in a terminal, Tab is the program's. */
  onLeave?: () => void;
}

/** A terminal. Its label, and whether it is bare, focused or of a fixed size, are as they were at first. */
export function Screen({ label, text, size, bare, focused, onKeys, onSize, onLeave }: ScreenProps) {
  const place = useRef<HTMLDivElement>(null);
  const screen = useRef<Terminal>(null);
  const written = useRef(0);
  const latest = useRef({ onKeys, onSize, onLeave });
  latest.current = { onKeys, onSize, onLeave };
  const scheme = useComputedColorScheme("light");
  const fixed = !!size;

  useEffect(() => {
    const term = new Terminal({
      fontFamily: theme.fontFamilyMonospace,
      fontSize: 13,
      convertEol: bare,
      scrollback: 10_000,
      minimumContrastRatio: 4.5,
      disableStdin: true,
    });
    screen.current = term;
    written.current = 0;
    const fit = new FitAddon();
    term.loadAddon(fit);
    term.open(place.current!);
    term.textarea?.setAttribute("aria-label", label);
    // What was written before we came may hold questions to a terminal, which are not to be answered twice.
    let spoke = !!focused;
    term.onKey(() => (spoke = true));
    term.onData((data) => {
      if (spoke || !isReply(data)) latest.current.onKeys?.(data);
    });
    term.onBinary((data) => latest.current.onKeys?.(Uint8Array.from(data, (c) => c.charCodeAt(0))));
    term.attachCustomKeyEventHandler((e) => {
      if (leaves(e)) {
        if (e.type === "keydown") latest.current.onLeave?.();
        e.preventDefault();
        return false;
      }
      if (wantsCopy(e) && term.hasSelection()) {
        if (e.type === "keydown") void copyText(term.getSelection()).then(() => term.focus());
        e.preventDefault();
        return false;
      }
      return true;
    });
    term.onResize(({ cols, rows }) => latest.current.onSize?.(cols, rows));
    let settling = 0; // while a layout moves, programs are not told of every step
    const resized = new ResizeObserver(() => {
      clearTimeout(settling);
      settling = window.setTimeout(() => fit.fit(), 120);
    });
    if (!fixed) {
      fit.fit();
      resized.observe(place.current!);
    }
    if (focused) term.focus();
    return () => {
      resized.disconnect();
      clearTimeout(settling);
      term.dispose();
    };
  }, []);

  const typing = !!onKeys;
  useEffect(() => {
    const term = screen.current!;
    term.options.disableStdin = !typing;
    term.options.cursorInactiveStyle = typing ? "outline" : "none";
    if (typing) latest.current.onSize?.(term.cols, term.rows);
  }, [typing]);

  useEffect(() => {
    screen.current!.options.theme = terminalThemes[scheme];
  }, [scheme]);

  useEffect(() => {
    if (size) screen.current!.resize(size.columns, size.rows);
  }, [size?.columns, size?.rows]);

  useEffect(() => {
    const term = screen.current!;
    if (text.length < written.current) {
      term.reset();
      written.current = 0;
    }
    if (text.length > written.current) term.write(text.slice(written.current));
    written.current = text.length;
  }, [text]);

  return <div ref={place} className={classes.screen} data-fixed={fixed || undefined} role="group" aria-label={label} />;
}
