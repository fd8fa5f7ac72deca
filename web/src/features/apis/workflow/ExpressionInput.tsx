import {
  autocompletion,
  type CompletionContext,
  closeBrackets,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorView, keymap } from "@codemirror/view";
import { useEffectEvent } from "react";
import { useCodeMirror } from "@/components/code/use-code-mirror";
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
  const choices = useEffectEvent((context: CompletionContext) =>
    choicesAt(context.state.doc.toString(), context.pos, sample),
  );
  const { place } = useCodeMirror({
    label,
    value,
    readOnly,
    extensions: () => [
      history(),
      closeBrackets(),
      autocompletion({ override: [(context) => choices(context)], activateOnTyping: true }),
      keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.lineWrapping,
    ],
    onChange,
  });
  return <div ref={place} />;
}
