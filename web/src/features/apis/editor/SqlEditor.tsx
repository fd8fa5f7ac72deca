import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";
import type { ApiFinding, ApiRelation } from "@/lib/api/types";
import { markOf } from "../model/sql";
import { sqlLanguage, sqlLook } from "./sql-extensions";

export interface SqlEditorProps {
  label: string;
  value: string;
  readOnly: boolean;
  findings: readonly ApiFinding[];
  relations: readonly ApiRelation[];
  /** Declared parameters, offered after a colon. */
  parameters: readonly string[];
  onChange(text: string): void;
  /** Mod+Enter. */
  onRun(): void;
}

function diagnosticsOf(text: string, findings: readonly ApiFinding[]): Diagnostic[] {
  return findings.map((finding) => {
    const { from, to } = markOf(text, finding);
    return { from, to, severity: "error", message: finding.message };
  });
}

/** CodeMirror owns the text while it is typed; React hears of every change and may replace the whole of it. */
export default function SqlEditor(props: SqlEditorProps) {
  const { label, value, readOnly, findings, relations, parameters, onChange, onRun } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const language = useRef(new Compartment());
  const typed = useEffectEvent((text: string) => onChange(text));
  const run = useEffectEvent(() => onRun());
  const first = useEffectEvent(() => ({ value, language: sqlLanguage(relations, parameters) }));

  useEffect(() => {
    if (place.current === null) return;
    const start = first();
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          Prec.highest(
            keymap.of([
              {
                key: "Mod-Enter",
                run: () => {
                  run();
                  return true;
                },
              },
            ]),
          ),
          basicSetup,
          sqlLook,
          language.current.of(start.language),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": label }),
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
    view.current?.dispatch({
      effects: language.current.reconfigure(sqlLanguage(relations, parameters)),
    });
  }, [relations, parameters]);

  useEffect(() => {
    const shown = view.current;
    if (shown === null) return;
    shown.dispatch(setDiagnostics(shown.state, diagnosticsOf(shown.state.doc.toString(), findings)));
  }, [findings]);

  return <div ref={place} />;
}
