import {
  autocompletion,
  type CompletionContext,
  closeBrackets,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { codeLook } from "@/components/code/look";
import { choicesAt, type Sample } from "../model/expressions";

interface Props {
  label: string;
  value: string;
  readOnly: boolean;
  sample: Sample;
  onChange(text: string): void;
}

/** An expression, with what nodes gave to choose from. */
export default function ExpressionInput({ label, value, readOnly, sample, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const typed = useEffectEvent((text: string) => {
    if (text !== value) onChange(text);
  });
  const choices = useEffectEvent((context: CompletionContext) =>
    choicesAt(context.state.doc.toString(), context.pos, sample),
  );
  const first = useEffectEvent(() => value);

  useEffect(() => {
    if (place.current === null) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first(),
        extensions: [
          history(),
          closeBrackets(),
          autocompletion({ override: [(context) => choices(context)], activateOnTyping: true }),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          codeLook,
          EditorView.lineWrapping,
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

  return <div ref={place} />;
}
