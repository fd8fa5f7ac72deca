import { isComposing, isTextField } from "@/lib/keyboard/keys";
import { useWindowKey } from "@/lib/keyboard/use-window-key";

/** Mod+Z and Mod+Shift+Z on the drawing; a text field keeps its own. */
export function useUndoKeys({ undo, redo }: { undo(): void; redo(): void }, active: boolean): void {
  useWindowKey((event) => {
    if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.defaultPrevented || isComposing(event) || isTextField(event.target)) return;
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  }, active);
}
