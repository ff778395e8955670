import type { ExecutionRequest } from "@stoa/sdk";

/** A file that goes into the program's folder. */
export interface Attached {
  path: string;
  file: File;
}

type RequestFile = NonNullable<ExecutionRequest["files"]>[number];

/** What fits into the request itself, as base64, in bytes of all files together. */
export const inlineBytes = 6 * 2 ** 20;

/** Files chosen again under a name replace what had it. */
export function attach(old: Attached[], chosen: File[]): Attached[] {
  const added = chosen.map((file) => ({ path: file.name, file }));
  return [...old.filter((a) => !added.some((n) => n.path === a.path)), ...added];
}

/** Why these files cannot go along; undefined when they can. */
export function refusalOf(files: Attached[]): string | undefined {
  const paths = new Set<string>();
  let size = 0;
  for (const { path, file } of files) {
    if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return `"${path}" is not a plain relative path.`;
    if (paths.has(path)) return `Two files are called "${path}".`;
    paths.add(path);
    size += file.size;
  }
  return size > inlineBytes ? "The files are larger than 6 MiB together." : undefined;
}

async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** The files as the request carries them. */
export const filesOf = (files: Attached[]): Promise<RequestFile[]> =>
  Promise.all(files.map(async ({ path, file }) => ({ path, content_base64: await base64(file) })));
