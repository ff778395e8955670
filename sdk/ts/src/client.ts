import createFetchClient, { type Client, type Middleware } from "openapi-fetch";
import { Attachment, type AttachOptions } from "./attach.ts";
import { problemOf, unreachable } from "./problem.ts";
import type { paths } from "./schema.ts";
import { streamEvents, type StreamOptions } from "./stream.ts";
import { sendUpload, uploadLine, type UploadOptions } from "./upload.ts";
import { watchExecution, type ExecutionUpdate } from "./watch.ts";
import type { StoaEvent, UploadedFile } from "./names.ts";

export interface ClientOptions {
  /** Where Stoa listens; empty in a browser that was served by it. */
  url?: string;
  /** An API token, `stoa_pat_…`. A browser's session needs none. */
  token?: string;
  fetch?: typeof fetch;
}

type Watching = Pick<StreamOptions, "signal" | "lastId" | "onConnection">;

/** One installation of Stoa, as one caller sees it. */
export interface Stoa {
  /** Every operation, typed by the API's description: `data(stoa.api.GET("/api/v1/me"))`. Refusals throw a Problem. */
  api: Client<paths>;
  /** Follows one execution until its result. An ended one gives its output, in order, and the result. */
  watch(id: string, options?: Watching): AsyncGenerator<ExecutionUpdate>;
  /** Follows an interactive execution and writes to it. Browsers send their cookie; elsewhere `open` must send the token. */
  attach(id: string, options?: AttachOptions): Attachment;
  /**
   * Uploads a content to a project under a name. It goes on where it was when the connection breaks, or when the same
   * content is uploaded again within the hour. One that the project has already is not sent.
   */
  upload(name: string, content: Blob, options?: UploadOptions): Promise<UploadedFile>;
  /** Everything that happens and may be seen, from now or from `lastId` on. */
  events(options?: Watching): AsyncGenerator<StoaEvent>;
}

export function createClient(options: ClientOptions = {}): Stoa {
  const url = (options.url ?? "").replace(/\/$/, "");
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  const headers: Record<string, string> = options.token ? { Authorization: `Bearer ${options.token}` } : {};
  const api = createFetchClient<paths>({
    baseUrl: url,
    headers,
    fetch: send,
    querySerializer: { array: { style: "form", explode: false } },
  });
  api.use(throwProblems);
  const streaming = (from: Watching = {}): StreamOptions => ({ ...from, headers, fetch: send });
  return {
    api,
    watch: (id, from) => watchExecution(streamEvents(`${url}/api/v1/executions/${encodeURIComponent(id)}/events`, streaming(from))),
    attach: (id, from) => new Attachment(new URL(`${url}/api/v1/executions/${encodeURIComponent(id)}/attach`, globalThis.location?.href).href, { headers, fetch: send, ...from }),
    upload: (name, content, options = {}) => sendUpload(uploadLine({ url, headers, fetch: send, name, key: randomKey() }, options), content, options),
    async *events(from) {
      for await (const e of streamEvents(`${url}/api/v1/events/stream`, streaming(from))) yield JSON.parse(e.data) as StoaEvent;
    },
  };
}

const throwProblems: Middleware = {
  onRequest({ request }) {
    // A repeated POST acts once. The key is random, not secret: randomUUID needs HTTPS.
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) request.headers.set("Idempotency-Key", randomKey());
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    return unreachable(error);
  },
};

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** The body of an answer; problems are thrown already. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
