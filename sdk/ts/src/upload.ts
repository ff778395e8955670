import type { UploadedFile } from "./names.ts";
import { asProblem, Problem, problemOf, unreachable } from "./problem.ts";
import { Sha256 } from "./sha256.ts";

/** Where an upload is: its content is hashed, it is sent, or the connection broke and it will go on. */
export type UploadPhase = "checking" | "sending" | "waiting";

export interface UploadOptions {
  /** The caller's default when absent. */
  projectId?: string;
  signal?: AbortSignal;
  /** Bytes that have left, of how many; fewer than before where the server did not get them. */
  onProgress?: (sent: number, total: number) => void;
  onPhase?: (phase: UploadPhase) => void;
}

/** What an upload needs of the server. */
export interface UploadLine {
  /** How much of a content the server has. */
  received(sha256: string): Promise<number>;
  post(query: { sha256?: string; offset?: number }, body: Blob, onSent: (bytes: number) => void): Promise<UploadedFile>;
  pause(milliseconds: number): Promise<void>;
}

/** What is sent without being hashed first: all of it each time. */
const wholeBytes = 2 ** 20;

/** How often in a row it may break off without having got further. */
const attempts = 5;

/**
 * Sends a content. One that breaks off goes on where it was, now or when the same content is uploaded again within the
 * hour; what the project has already is not sent.
 */
export async function sendUpload(line: UploadLine, content: Blob, options: UploadOptions = {}): Promise<UploadedFile> {
  const { signal, onProgress, onPhase } = options;
  let sha256: string | undefined;
  if (content.size > wholeBytes) {
    onPhase?.("checking");
    sha256 = await hashOf(content, signal);
  }
  let [further, whole] = [0, false];
  for (let attempt = 1; ; attempt++) {
    try {
      const offset = sha256 && !whole ? await here(line, sha256, content.size) : 0;
      if (offset > further) [further, attempt] = [offset, 1];
      onPhase?.("sending");
      onProgress?.(offset, content.size);
      return await line.post({ sha256, offset: offset || undefined }, content.slice(offset), (sent) => onProgress?.(Math.min(offset + sent, content.size), content.size));
    } catch (thrown) {
      signal?.throwIfAborted();
      const problem = asProblem(thrown);
      if (attempt >= attempts || !mayGoOn(problem) || (problem.code === "file.upload_lost" && whole)) throw problem;
      whole ||= problem.code === "file.upload_lost"; // somebody else goes on with what was sent before
    }
    onPhase?.("waiting");
    await line.pause(500 * 2 ** (attempt - 1));
    signal?.throwIfAborted();
  }
}

/** Nothing is done twice by sending a content again. */
const mayGoOn = ({ status, code }: Problem) => status === 0 || status >= 500 || ["file.upload_lost", "file.upload_offset", "file.upload_broken"].includes(code);

/** A server that doesn't tell gets all, and says itself what is wrong. */
async function here(line: UploadLine, sha256: string, size: number): Promise<number> {
  try {
    return Math.min(await line.received(sha256), size);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status > 0 && thrown.status < 500) return 0;
    throw thrown;
  }
}

async function hashOf(content: Blob, signal: AbortSignal | undefined): Promise<string> {
  const sum = new Sha256();
  for (let at = 0; at < content.size; at += wholeBytes) {
    sum.update(new Uint8Array(await content.slice(at, at + wholeBytes).arrayBuffer()));
    signal?.throwIfAborted();
  }
  return sum.hex();
}

export interface LineOptions {
  url: string;
  headers: Record<string, string>;
  fetch: typeof fetch;
  name: string;
  key: string;
}

/** The line to a server. Browsers tell how far a request is, by XMLHttpRequest; elsewhere progress comes with each attempt. */
export function uploadLine({ url, headers, fetch, name, key }: LineOptions, { projectId, signal }: UploadOptions): UploadLine {
  const at = (path: string, query: Record<string, string | number | undefined>) => {
    const given = Object.entries({ ...query, project_id: projectId }).filter(([, value]) => value !== undefined);
    return `${url}/api/v1/files${path}?${new URLSearchParams(given.map(([k, value]) => [k, String(value)]))}`;
  };
  const answer = async (request: Promise<Response>) => {
    const response = await request.catch((cause: unknown) => Promise.reject(signal?.aborted ? cause : unreachable(cause)));
    if (!response.ok) throw await problemOf(response);
    return response;
  };
  return {
    async received(sha256) {
      const response = await answer(fetch(at("/received", { sha256 }), { headers, signal }));
      return ((await response.json()) as { bytes: number }).bytes;
    },
    async post(query, body, onSent) {
      const to = at("", { name, ...query });
      const all: Record<string, string> = { ...headers, "Content-Type": "application/octet-stream" };
      if (!query.sha256) all["Idempotency-Key"] = key; // else the hash tells that it is the same
      const response =
        typeof XMLHttpRequest === "undefined"
          ? await answer(fetch(to, { method: "POST", headers: all, body, signal }))
          : await answer(request(to, all, body, onSent, signal));
      return (await response.json()) as UploadedFile;
    },
    pause: (milliseconds) =>
      new Promise((resolve) => {
        const over = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", over);
          resolve();
        };
        const timer = setTimeout(over, milliseconds);
        signal?.addEventListener("abort", over);
      }),
  };
}

function request(url: string, headers: Record<string, string>, body: Blob, onSent: (bytes: number) => void, signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const r = new XMLHttpRequest(); // fetch doesn't tell how far it is
    r.open("POST", url);
    for (const [name, value] of Object.entries(headers)) r.setRequestHeader(name, value);
    r.upload.onprogress = (e) => onSent(e.loaded);
    const stop = () => r.abort();
    r.onloadend = () => signal?.removeEventListener("abort", stop);
    r.onload = () => {
      const kept = ["X-Correlation-Id", "Retry-After"].flatMap((name) => (r.getResponseHeader(name) === null ? [] : [[name, r.getResponseHeader(name)!] as [string, string]]));
      resolve(new Response(r.responseText, { status: r.status, statusText: r.statusText, headers: kept }));
    };
    r.onerror = () => reject(new TypeError("The connection broke off."));
    r.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal?.addEventListener("abort", stop);
    r.send(body);
  });
}
