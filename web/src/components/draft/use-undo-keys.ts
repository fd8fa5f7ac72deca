import { useMemo } from "react";
import { type Shortcut, useShortcuts } from "@/lib/keyboard/use-shortcuts";

/** Mod+Z and Mod+Shift+Z on a page; both calls must be stable. */
export function useUndoKeys(undo: () => void, redo: () => void): void {
  const shortcuts = useMemo<Shortcut[]>(
    () => [
      { group: "page", keys: "Mod+KeyZ", labelKey: "assets:undo.undo", run: undo },
      { group: "page", keys: "Mod+Shift+KeyZ", labelKey: "assets:undo.redo", run: redo },
    ],
    [undo, redo],
  );
  useShortcuts(shortcuts);
}
