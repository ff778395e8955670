import type { ExecutionRequest, UploadedFile } from "@stoa/sdk";

/** A file that goes into the program's folder. */
export interface Attached {
  path: string;
  /** From this machine, or one that the project has. */
  file: File | UploadedFile;
}

type RequestFile = NonNullable<ExecutionRequest["files"]>[number];

/** What fits into the request itself, as base64, in bytes of all files together. */
export const inlineBytes = 6 * 2 ** 20;

const uploaded = (file: Attached["file"]): file is UploadedFile => "sha256" in file;

/** Files chosen again under a name replace what had it. */
export function attach(old: Attached[], chosen: Attached["file"][]): Attached[] {
  const added = chosen.map((file) => ({ path: file.name, file }));
  return [...old.filter((a) => !added.some((n) => n.path === a.path)), ...added];
}

/** Why these files cannot go along; undefined when they can. */
export function refusalOf(files: Attached[]): string | undefined {
  const paths = new Set<string>();
  let inline = 0;
  for (const { path, file } of files) {
    if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return `"${path}" is not a plain relative path.`;
    if (paths.has(path)) return `Two files are called "${path}".`;
    paths.add(path);
    if (!uploaded(file)) inline += file.size;
  }
  return inline > inlineBytes ? "The files that are not uploaded are larger than 6 MiB together. Upload them on the Files screen." : undefined;
}

async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** The files as the request carries them. */
export const filesOf = (files: Attached[]): Promise<RequestFile[]> =>
  Promise.all(files.map(async ({ path, file }) => (uploaded(file) ? { path, file_id: file.id } : { path, content_base64: await base64(file) })));
