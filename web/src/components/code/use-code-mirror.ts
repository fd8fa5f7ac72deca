import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import { codeLook } from "./look";

interface Options {
  label: string;
  value: string;
  readOnly: boolean;
  /** Asked for when an editor is made, which happens again only for another label or `readOnly`. */
  extensions(): readonly Extension[];
  onChange(text: string): void;
}

interface Placed {
  place: RefObject<HTMLDivElement | null>;
  view: RefObject<EditorView | null>;
}

/** CodeMirror owns the text while it is typed; React hears of every change and may replace the whole of it. */
export function useCodeMirror({ label, value, readOnly, extensions, onChange }: Options): Placed {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const typed = useEffectEvent((text: string) => {
    if (text !== value) onChange(text);
  });
  const first = useEffectEvent(() => ({ doc: value, extensions: extensions() }));

  useEffect(() => {
    if (place.current === null) return;
    const start = first();
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: start.doc,
        extensions: [
          start.extensions,
          codeLook,
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

  return { place, view };
}
