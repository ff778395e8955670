import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

// Colours are variables (editorColors.css), so that both themes work without a new editor.
const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--stoa-hl-text)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--stoa-hl-text)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--stoa-hl-text)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--stoa-hl-gutter)", border: "none", paddingLeft: "6px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--stoa-hl-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--stoa-hl-selection)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--stoa-hl-match)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--stoa-hl-match)", outline: "none" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--stoa-surface)", color: "inherit", border: "1px solid var(--stoa-line)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--mantine-primary-color-filled)", color: "white" },
});

const highlighting = HighlightStyle.define([
  { tag: [t.keyword, t.modifier, t.operatorKeyword], color: "var(--stoa-hl-keyword)" },
  { tag: [t.string, t.special(t.string), t.regexp, t.character], color: "var(--stoa-hl-string)" },
  { tag: [t.number, t.bool, t.null, t.atom, t.constant(t.variableName)], color: "var(--stoa-hl-number)" },
  { tag: [t.comment, t.meta], color: "var(--stoa-hl-comment)", fontStyle: "italic" },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.standard(t.variableName)], color: "var(--stoa-hl-function)" },
  { tag: [t.typeName, t.className, t.namespace], color: "var(--stoa-hl-type)" },
  { tag: [t.definition(t.variableName), t.propertyName, t.variableName], color: "var(--stoa-hl-text)" },
  { tag: t.invalid, color: "var(--stoa-stderr)" },
]);

export const editorLook = [theme, syntaxHighlighting(highlighting)];
