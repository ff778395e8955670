import type { OutputPart } from "@stoa/sdk";

/** Output cut into blocks of some lines, so that a change repaints the last block only. */
export function blocks(parts: readonly OutputPart[], size = 8000): OutputPart[][] {
  const all: OutputPart[][] = [];
  let block: OutputPart[] = [];
  let length = 0;
  for (const part of parts) {
    let text = part.text;
    while (text !== "") {
      const piece = length + text.length <= size ? text : text.slice(0, cut(text, size - length));
      block.push({ stream: part.stream, text: piece });
      length += piece.length;
      text = text.slice(piece.length);
      if (length >= size) {
        all.push(block);
        block = [];
        length = 0;
      }
    }
  }
  if (block.length > 0) all.push(block);
  return all;
}

/** After the first line end past the size, or at once when the line is very long. */
function cut(text: string, room: number): number {
  const at = text.indexOf("\n", Math.max(room, 0));
  return at < 0 || at > room + 2000 ? Math.max(room + 2000, 1) : at + 1;
}

// Colours and cursor movements that programs write for terminals.
const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;

/** Output as a page shows it: without terminal escapes. */
export function plain(text: string): string {
  return text.includes("\u001B") ? text.replace(escapes, "") : text;
}
