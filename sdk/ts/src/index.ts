export { Attachment, type AttachmentUpdate, type AttachOptions } from "./attach.ts";
export { createClient, data, type ClientOptions, type Stoa } from "./client.ts";
export { asProblem, Problem, problemOf, unreachable, type ExceededLimit, type ProblemBody } from "./problem.ts";
export { OutputLog, type OutputFrame, type OutputPart, type OutputStream } from "./output.ts";
export { EventParser, type ServerEvent } from "./sse.ts";
export { streamEvents, type Connection, type StreamOptions } from "./stream.ts";
export { watchExecution, type ExecutionUpdate } from "./watch.ts";
export type * from "./names.ts";
export type { components, paths } from "./schema.ts";
