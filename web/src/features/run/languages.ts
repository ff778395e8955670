import { StreamLanguage, type LanguageSupport, type StreamParser } from "@codemirror/language";
import type { Extension } from "@codemirror/state";

type Load = () => Promise<LanguageSupport | StreamLanguage<unknown>>;

const legacy = (mode: Promise<StreamParser<unknown>>) => mode.then((m) => StreamLanguage.define(m));
const javascript: Load = () => import("@codemirror/lang-javascript").then((m) => m.javascript());

const loaders: Record<string, Load> = {
  python: () => import("@codemirror/lang-python").then((m) => m.python()),
  node: javascript,
  deno: () => import("@codemirror/lang-javascript").then((m) => m.javascript({ typescript: true })),
  bun: () => import("@codemirror/lang-javascript").then((m) => m.javascript({ typescript: true })),
  go: () => import("@codemirror/lang-go").then((m) => m.go()),
  bash: () => legacy(import("@codemirror/legacy-modes/mode/shell").then((m) => m.shell)),
  ruby: () => legacy(import("@codemirror/legacy-modes/mode/ruby").then((m) => m.ruby)),
  perl: () => legacy(import("@codemirror/legacy-modes/mode/perl").then((m) => m.perl)),
  lua: () => legacy(import("@codemirror/legacy-modes/mode/lua").then((m) => m.lua)),
  r: () => legacy(import("@codemirror/legacy-modes/mode/r").then((m) => m.r)),
  tcl: () => legacy(import("@codemirror/legacy-modes/mode/tcl").then((m) => m.tcl)),
  rust: () => legacy(import("@codemirror/legacy-modes/mode/rust").then((m) => m.rust)),
  c: () => legacy(import("@codemirror/legacy-modes/mode/clike").then((m) => m.c)),
  cpp: () => legacy(import("@codemirror/legacy-modes/mode/clike").then((m) => m.cpp)),
  java: () => legacy(import("@codemirror/legacy-modes/mode/clike").then((m) => m.java)),
};
loaders.sh = loaders.dash = loaders.bash!;
loaders.javascript = loaders.nodejs = javascript;

/** The editor's mode of a language, loaded when it is needed; none for a language that it does not know. */
export async function languageMode(name: string): Promise<Extension> {
  return (await loaders[name]?.()) ?? [];
}
