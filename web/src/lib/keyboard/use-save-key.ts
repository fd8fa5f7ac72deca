import { useEffect, useEffectEvent } from "react";
import { isComposing } from "@/lib/keyboard/keys";

/** Mod+S saves, also from inside a field. */
export function useSaveKey(save: () => void, active: boolean): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!isComposing(event)) save();
  });
  useEffect(() => {
    if (!active) return;
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [active]);
}
