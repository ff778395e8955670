import { indentWithTab } from "@codemirror/commands";
import { indentUnit } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "react";
import { defaultEditor, useWishes, type Wishes } from "../../app/preferences.ts";
import { editorLook } from "./editorLook.ts";
import { languageMode } from "./languages.ts";

interface EditorProps {
  text: string;
  language: string;
  label: string;
  onChange?: (text: string) => void;
  onRun?: () => void;
}

/** The code editor; without onChange it only shows. Escape, then Tab leaves it. */
export function Editor({ text, language, label, onChange, onRun }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const mode = useRef(new Compartment());
  const style = useRef(new Compartment());
  const wishes = useWishes()?.editor ?? defaultEditor;
  const latest = useRef({ onChange, onRun });
  latest.current = { onChange, onRun };
  const editable = !!onChange;

  useEffect(() => {
    const run = () => {
      latest.current.onRun?.();
      return true;
    };
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
          basicSetup,
          keymap.of([indentWithTab]),
          mode.current.of([]),
          style.current.of(styleOf(wishes)),
          editorLook,
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          editable ? [] : [EditorState.readOnly.of(true), EditorView.lineWrapping],
          EditorView.updateListener.of((u) => u.docChanged && latest.current.onChange?.(u.state.doc.toString())),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // The editor is made once; the effects below bring changes in, of the person's wishes too.
  }, [label, editable]);

  useEffect(() => {
    const v = view.current;
    if (v && v.state.doc.toString() !== text) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    let current = true;
    void languageMode(language).then((m) => current && view.current?.dispatch({ effects: mode.current.reconfigure(m) }));
    return () => void (current = false);
  }, [language, label, editable]);

  useEffect(() => {
    view.current?.dispatch({ effects: style.current.reconfigure(styleOf(wishes)) });
  }, [wishes, label, editable]);

  return <div ref={place} data-editor-theme={wishes.theme} style={{ height: "100%", minHeight: 0, overflow: "hidden" }} />;
}

function styleOf(w: Wishes["editor"]) {
  return [
    EditorView.theme({ "&": { fontSize: `${w.font_size}px` }, ...(!w.line_numbers && { ".cm-lineNumbers": { display: "none" } }) }),
    EditorState.tabSize.of(w.tab_size),
    indentUnit.of(w.use_tabs ? "\t" : " ".repeat(w.tab_size)),
    w.word_wrap ? EditorView.lineWrapping : [],
  ];
}
