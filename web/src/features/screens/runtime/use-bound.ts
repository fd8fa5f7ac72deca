import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type Around, useAround, usePage } from "./page";
import { holdsTemplate, readsOf, resolved } from "./resolve";
import type { Words } from "./types";
import { useStable } from "./use-stable";

export interface Bound {
  value: unknown;
  problem: string | null;
  /** Worked out at least once. */
  ready: boolean;
}

/** A value of the document, kept up with what it reads. What is no expression is there at once. */
export function useBound(given: unknown, more?: Around): Bound {
  const { store } = usePage();
  const outer = useAround();
  const around = useMemo(() => (more === undefined ? outer : { ...outer, ...more }), [outer, more]);
  const value = useStable(given);
  const reads = useMemo(() => readsOf(value), [value]);
  const isFixed = useMemo(() => !holdsTemplate(value), [value]);
  const version = useSyncExternalStore(store.subscribe, () => (isFixed ? "" : store.versionOf(reads)));
  const [bound, setBound] = useState<Bound>({ value: undefined, problem: null, ready: false });
  useEffect(() => {
    void version; // worked out anew when what it reads has changed
    if (isFixed) return;
    let current = true;
    resolved(value, store, around).then(
      (found) => current && setBound({ value: found, problem: null, ready: true }),
      (error: Error) => current && setBound({ value: undefined, problem: error.message, ready: true }),
    );
    return () => {
      current = false;
    };
  }, [value, isFixed, version, store, around]);
  return isFixed ? { value, problem: null, ready: true } : bound;
}

/** Words in the reader's language, filled in. */
export function useWords(words: Words | undefined): string {
  const { language } = usePage();
  const { value } = useBound(inLanguage(words, language));
  return value === undefined || value === null ? "" : String(value);
}

export function inLanguage(words: Words | undefined, language: "ko" | "en"): string {
  if (words === undefined) return "";
  if (typeof words === "string") return words;
  return words[language] || words[language === "ko" ? "en" : "ko"] || "";
}

/** True until an expression says otherwise: what cannot be worked out hides nothing. */
export function useTruth(value: boolean | string | undefined, otherwise: boolean): boolean {
  const bound = useBound(value ?? otherwise);
  if (!bound.ready || bound.problem !== null) return otherwise;
  return Boolean(bound.value);
}

export function useRows(binding: string): Bound & { rows: Record<string, unknown>[] } {
  const bound = useBound(binding);
  const rows = useMemo(() => asRows(bound.value), [bound.value]);
  return { ...bound, rows };
}

function asRows(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map((each) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? (each as Record<string, unknown>)
      : { value: each },
  );
}
