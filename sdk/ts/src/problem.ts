/** A limit that refused something, its value and whose it is. */
export interface ExceededLimit {
  name: string;
  value: number;
  /** Of a limit in words, in place of value. */
  text?: string;
  unit?: string;
  scope: string;
  owner?: string;
}

/** The body of every error answer: application/problem+json, RFC 9457. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status: number;
  kind?: string;
  code: string;
  detail?: string;
  instance?: string;
  correlation_id?: string;
  errors?: { location?: string; message: string }[];
  limit?: ExceededLimit;
}

/**
 * A request that was refused or did not arrive. `status` is 0 when no answer
 * came at all; then trying again is safe, because requests carry a key.
 */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly correlationId: string | undefined;
  readonly errors: { location?: string; message: string }[];
  readonly limit: ExceededLimit | undefined;
  /** Seconds to wait before trying again, when the server said so. */
  readonly retryAfter: number | undefined;

  constructor(body: ProblemBody, retryAfter?: number) {
    super(body.detail || body.title || body.code);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.title = body.title ?? "";
    this.detail = body.detail ?? "";
    this.correlationId = body.correlation_id;
    this.errors = body.errors ?? [];
    this.limit = body.limit;
    this.retryAfter = retryAfter;
  }

  /** What is wrong with one value of the request: `fieldError("body.email")`. */
  fieldError(location: string): string | undefined {
    return this.errors.find((e) => e.location === location)?.message;
  }

  /** Whether the same request may succeed a little later. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 502;
  }
}

/** Reads an error answer, also one that no Stoa wrote (a proxy's, say). */
export async function problemOf(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  const correlation_id = response.headers.get("X-Correlation-Id") ?? undefined;
  try {
    const body = (await response.json()) as Partial<ProblemBody>;
    if (typeof body.code === "string") {
      return new Problem({ correlation_id, ...body, status: response.status, code: body.code }, retryAfter);
    }
  } catch {
    // not JSON: the status has to do
  }
  return new Problem(
    {
      status: response.status,
      code: "http_" + response.status,
      title: response.statusText,
      detail: `The server answered ${response.status} ${response.statusText}`.trim() + ".",
      correlation_id,
    },
    retryAfter,
  );
}

/** The problem of a request that got no answer. */
export function unreachable(cause: unknown): Problem {
  const problem = new Problem({
    status: 0,
    code: "unreachable",
    title: "No answer",
    detail: "The server can't be reached. Check the connection and try again.",
  });
  problem.cause = cause;
  return problem;
}

/** Turns whatever was thrown into a problem that can be shown. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const problem = new Problem({ status: 0, code: "client_error", title: "Something went wrong here", detail });
  problem.cause = thrown;
  return problem;
}
