import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";
import { codeLook } from "./look";

/** A flaw in the text, by character. */
export interface Mark {
  from: number;
  to: number;
  message: string;
}

interface Props {
  label: string;
  value: string;
  /** Must be stable: module scope or useMemo. */
  language: Extension;
  readOnly?: boolean;
  /** Must be stable as well. */
  marks?: readonly Mark[];
  onChange(text: string): void;
  /** Mod+Enter. */
  onRun?: () => void;
}

const noMarks: readonly Mark[] = [];

/** CodeMirror owns the text while it is typed; React hears of every change and may replace the whole of it. */
export default function CodeEditor(props: Props) {
  const { label, value, language, readOnly = false, marks = noMarks, onChange, onRun } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const languages = useRef(new Compartment());
  const typed = useEffectEvent((text: string) => {
    if (text !== value) onChange(text);
  });
  const run = useEffectEvent(() => {
    onRun?.();
    return onRun !== undefined;
  });
  const first = useEffectEvent(() => ({ value, language }));

  useEffect(() => {
    if (place.current === null) return;
    const start = first();
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => run() }])),
          basicSetup,
          codeLook,
          languages.current.of(start.language),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) typed(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, readOnly]);

  useEffect(() => {
    const shown = view.current;
    if (shown === null || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: languages.current.reconfigure(language) });
  }, [language]);

  useEffect(() => {
    const shown = view.current;
    if (shown === null) return;
    const end = shown.state.doc.length;
    const diagnostics = marks.map<Diagnostic>(({ from, to, message }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      severity: "error",
      message,
    }));
    shown.dispatch(setDiagnostics(shown.state, diagnostics));
  }, [marks]);

  return <div ref={place} />;
}
