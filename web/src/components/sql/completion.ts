/** What is offered while SQL is typed. Pure. */
import type { SqlVocabulary } from "@/lib/api/types";

interface Worded {
  comment: string;
  description?: { en: string; ko: string };
  synonyms?: string[];
}

/** The type, then what people say of it in the reader's language, else what the database says. */
export function wordsFor({ comment, description, synonyms }: Worded, language: string, type: string): string {
  const said = description === undefined ? "" : language.startsWith("ko") ? description.ko : description.en;
  const words = said || description?.en || description?.ko || comment || (synonyms ?? []).join(", ");
  return [type, words].filter((part) => part !== "").join(" · ");
}

export interface Offer {
  label: string;
  type: string;
  detail: string;
  boost: number;
  apply?: string;
}

/** Columns of the tables that the text names come first, then tables, then functions. */
export function offers({ tables, functions }: SqlVocabulary, text: string, language: string): Offer[] {
  const named = (name: string) =>
    new RegExp(`(?<![\\w.])(?:\\w+\\.)?"?${escaped(name)}"?(?!\\w)`, "i").test(text);
  const columns = tables
    .filter(({ name }) => named(name))
    .flatMap(({ name: table, columns: all }) =>
      all.map((column) => ({
        label: column.name,
        type: "property",
        detail: `${wordsFor(column, language, column.type)} · ${table}`,
        boost: 10,
      })),
    );
  const relations = tables.map((table) => {
    const full = table.schema_name === "main" ? table.name : `${table.schema_name}.${table.name}`;
    return {
      label: table.name,
      type: "class",
      detail: wordsFor(table, language, full),
      boost: 5,
      apply: full,
    };
  });
  const calls = functions.map((name) => ({
    label: name,
    type: "function",
    detail: "()",
    boost: -5,
    apply: `${name}(`,
  }));
  return [...columns, ...relations, ...calls];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
