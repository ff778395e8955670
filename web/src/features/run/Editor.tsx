import { indentWithTab } from "@codemirror/commands";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "react";
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
          editorLook,
          EditorView.contentAttributes.of({ "aria-label": label }),
          editable ? [] : [EditorState.readOnly.of(true), EditorView.lineWrapping],
          EditorView.updateListener.of((u) => u.docChanged && latest.current.onChange?.(u.state.doc.toString())),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // The editor is made once; the effects below bring changes in.
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

  return <div ref={place} style={{ height: "100%", minHeight: 0, overflow: "hidden" }} />;
}
