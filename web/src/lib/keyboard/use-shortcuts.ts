import { useEffect, useRef, useSyncExternalStore } from "react";
import { advance, type Candidate, isComposing, isTextField, parseKeys } from "./keys";
import { useWindowKey } from "./use-window-key";

export interface Shortcut {
  keys: string;
  labelKey: string;
  /** Under which heading the `?` list shows it. */
  group: "anywhere" | "page";
  run(): void;
}

/** What is active now, for the listener and for the `?` list. */
let active: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Shortcut[]): void {
  active = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => active);
}

/** Adds shortcuts while the component is on screen. `shortcuts` must be stable (module scope, useMemo). */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    set([...active, ...shortcuts]);
    return () => set(active.filter((shortcut) => !shortcuts.includes(shortcut)));
  }, [shortcuts]);
}

const sequenceMs = 1200;

/** The one key listener; the shell mounts it. */
export function useShortcutListener(): void {
  const memory = useRef<{ waiting: Candidate<Shortcut>[]; since: number }>({ waiting: [], since: 0 });
  useWindowKey((event) => {
    const withMod = event.ctrlKey || event.metaKey;
    // What has the focus has answered already.
    if (event.defaultPrevented) return;
    if (isComposing(event) || (isTextField(event.target) && !withMod)) return;
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const fresh = active.map((value) => ({ chords: parseKeys(value.keys), pressed: 0, value }));
    const kept = event.timeStamp - memory.current.since < sequenceMs ? memory.current.waiting : [];
    // A later registration is the more specific one: a page may take over a global shortcut.
    const step = advance([...kept, ...fresh.reverse()], event);
    memory.current = { waiting: step.waiting, since: event.timeStamp };
    if (step.done === null) return;
    event.preventDefault();
    step.done.run();
  }, true);
}
