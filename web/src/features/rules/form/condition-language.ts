import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";
import type { Seen } from "../model/seen";

const words = ["AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "BETWEEN", "IS NULL", "IS NOT NULL"];
const place = /[\w.]+(\['[^']*'\]?)*(\['?)?$/;
const compared = /([\w.]+(?:\['[^']*'\])*)\s*(?:=|<>|!=|LIKE|ILIKE|IN\s*\()\s*('?[^'\s,]*)$/i;

/** SQL, with completion of fields that have been seen, and after a comparison of the field's values. */
export function conditionLanguage(seen: readonly Seen[]): Extension {
  return [sql({ dialect: PostgreSQL }), autocompletion({ override: [(context) => offers(context, seen)] })];
}

export function offers(context: CompletionContext, seen: readonly Seen[]): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const comparison = compared.exec(before);
  const values = seen.find(({ field }) => field === comparison?.[1])?.values ?? [];
  if (comparison !== null && values.length > 0) {
    const typed = comparison[2] ?? "";
    return {
      from: context.pos - typed.length,
      options: values.map((label): Completion => ({ label, type: "constant" })),
    };
  }
  const word = place.exec(before);
  if (word === null && !context.explicit) return null;
  return {
    from: context.pos - (word?.[0].length ?? 0),
    options: [
      ...seen.map(({ field }): Completion => ({ label: field, type: "property" })),
      ...words.map((label): Completion => ({ label, type: "keyword" })),
    ],
  };
}
