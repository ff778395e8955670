import { theme } from "../../app/theme.ts";

/** How many characters of a terminal fit about into a box, whose sides are in pixels: a program should begin with the size that it gets. */
export function terminalSize(width: number, height: number, character = characterWidth()): { columns: number; rows: number } {
  const fit = (length: number, each: number) => Math.min(500, Math.max(20, Math.floor(length / each)));
  return { columns: fit(width - 34, character), rows: Math.max(8, Math.floor((height - 116) / 15)) };
}

function characterWidth(): number {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return 8;
  pen.font = `13px ${theme.fontFamilyMonospace}`;
  return pen.measureText("W").width || 8;
}
