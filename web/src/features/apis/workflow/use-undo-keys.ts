import { useEffect, useEffectEvent } from "react";
import { isComposing, isTextField } from "@/lib/keyboard/keys";

/** Mod+Z and Mod+Shift+Z on the drawing; a text field keeps its own. */
export function useUndoKeys({ undo, redo }: { undo(): void; redo(): void }, active: boolean): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.defaultPrevented || isComposing(event) || isTextField(event.target)) return;
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  });
  useEffect(() => {
    if (!active) return;
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [active]);
}
