import { isComposing } from "@/lib/keyboard/keys";
import { useWindowKey } from "@/lib/keyboard/use-window-key";

/** Mod+S saves, also from inside a field. */
export function useSaveKey(save: () => void, active: boolean): void {
  useWindowKey((event) => {
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!isComposing(event)) save();
  }, active);
}
