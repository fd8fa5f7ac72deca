import { useMemo } from "react";
import { type Shortcut, useShortcuts } from "@/lib/keyboard/use-shortcuts";
import { useMay } from "@/lib/query/me";
import { useAlertActs } from "./use-alert-acts";

/** The row that has the focus, in the table of alerts. */
function focusedId(ids: readonly string[]): string | undefined {
  const row = document.activeElement?.closest("tr[data-index]");
  return ids[Number(row?.getAttribute("data-index") ?? -1)];
}

/** What the keyboard does with alerts: those that are ticked, or the one that has the focus or is open. */
export function useAlertKeys(
  shown: readonly string[],
  picked: readonly string[],
  selected: string | undefined,
) {
  const may = useMay();
  const { mutate } = useAlertActs();
  const writes = may("alerts.write");
  const shortcuts = useMemo<Shortcut[]>(() => {
    if (!writes) return [];
    const meant = () => {
      if (picked.length > 0) return [...picked];
      const one = focusedId(shown) ?? selected;
      return one === undefined ? [] : [one];
    };
    const act = (action: "acknowledge" | "unacknowledge" | "resolve") => () => {
      const ids = meant();
      if (ids.length > 0) mutate({ ids, action });
    };
    return [
      { group: "page", keys: "KeyA", labelKey: "alerts:act.acknowledge", run: act("acknowledge") },
      { group: "page", keys: "KeyU", labelKey: "alerts:act.unacknowledge", run: act("unacknowledge") },
      { group: "page", keys: "KeyE", labelKey: "alerts:act.resolve", run: act("resolve") },
    ];
  }, [writes, shown, picked, selected, mutate]);
  useShortcuts(shortcuts);
}
