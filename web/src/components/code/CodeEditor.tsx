import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, type Extension, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";
import { useCodeMirror } from "./use-code-mirror";

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

/** A field for code: numbered lines, a language, marks where the text is wrong. */
export default function CodeEditor(props: Props) {
  const { label, value, language, readOnly = false, marks = noMarks, onChange, onRun } = props;
  const languages = useRef(new Compartment());
  const run = useEffectEvent(() => {
    onRun?.();
    return onRun !== undefined;
  });
  const { place, view } = useCodeMirror({
    label,
    value,
    readOnly,
    extensions: () => [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => run() }])),
      basicSetup,
      languages.current.of(language),
    ],
    onChange,
  });

  useEffect(() => {
    view.current?.dispatch({ effects: languages.current.reconfigure(language) });
  }, [language, view]);

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
  }, [marks, view]);

  return <div ref={place} />;
}
