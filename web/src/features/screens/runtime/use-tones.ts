import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Tone } from "@/theme/status";
import { evaluateEach } from "./model/evaluate";
import type { PageStore } from "./model/page-store";
import { dependencies, readTemplate } from "./model/template";
import { usePage } from "./page";
import { inputOf } from "./resolve";
import type { Schemas } from "./types";
import { useStable } from "./use-stable";

type Rules = readonly Schemas["ToneRule"][];

function expressionOf(binding: string): string {
  return readTemplate(binding)?.pieces[1] ?? "false";
}

/** The tone of each of these, by the first rule that is true; every rule is asked once for the whole list. */
export function useTones(
  rules: Rules | undefined,
  items: readonly Record<string, unknown>[],
): (Tone | null)[] {
  const { store } = usePage();
  const wanted = useStable(rules ?? noRules);
  const reads = useMemo(() => wanted.flatMap(({ when }) => [...dependencies(expressionOf(when))]), [wanted]);
  const version = useSyncExternalStore(store.subscribe, () => store.versionOf(reads));
  const [tones, setTones] = useState<(Tone | null)[]>([]);
  useEffect(() => {
    void version; // asked anew when what the rules read has changed
    if (wanted.length === 0) return;
    let current = true;
    void tonesOf(wanted, items, store).then((found) => current && setTones(found));
    return () => {
      current = false;
    };
  }, [wanted, version, items, store]);
  return tones;
}

async function tonesOf(rules: Rules, items: readonly Record<string, unknown>[], store: PageStore) {
  const inputs = items.map((item) => inputOf(store, item));
  const found = await Promise.all(rules.map(({ when }) => evaluateEach(expressionOf(when), inputs)));
  const lists = found.map((each) => ("value" in each ? (each.value as unknown[]) : []));
  return items.map((_, at) => rules[lists.findIndex((list) => Boolean(list[at]))]?.tone ?? null);
}

const noRules: Rules = [];
const none: readonly Record<string, unknown>[] = [{}];

/** The tone of one component. */
export function useTone(rules: Rules | undefined): Tone | null {
  return useTones(rules, none)[0] ?? null;
}
