import { type RefObject, useMemo } from "react";
import { type Shortcut, useShortcuts } from "@/lib/keyboard/use-shortcuts";

/**
 * What the keyboard does on a list while no row has the focus, and what the `?` list says of it. With the focus on a row
 * the row itself answers first.
 */
export function useListKeys(frame: RefObject<HTMLElement | null>, picks: boolean): void {
  const shortcuts = useMemo<Shortcut[]>(() => {
    const focus = (selector: string) => frame.current?.querySelector<HTMLElement>(selector)?.focus();
    const begin = () => focus("tr[data-selected], tr[data-index]");
    const page = { group: "page" as const };
    return [
      { ...page, keys: "KeyJ", labelKey: "common:list.next", run: begin },
      { ...page, keys: "KeyK", labelKey: "common:list.previous", run: begin },
      ...(picks ? [{ ...page, keys: "KeyX", labelKey: "common:list.pick", run: begin }] : []),
      { ...page, keys: "Slash", labelKey: "common:list.search", run: () => focus("input[type=search]") },
    ];
  }, [frame, picks]);
  useShortcuts(shortcuts);
}
