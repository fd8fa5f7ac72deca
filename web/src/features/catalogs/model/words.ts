/** People's words about tables and columns: where they stand in a catalog's content, and edits upon them. Pure. */
import type { AssetDetail } from "@/lib/api/types";
import {
  isObject,
  type Json,
  type JsonObject,
  pointerOf,
  same,
  valueAt,
  withValue,
} from "@/lib/json/pointer";

export type Language = "en" | "ko";

export interface Words {
  enabled: boolean;
  description: Record<Language, string>;
  synonyms: Record<Language, string[]>;
}

export interface Edit {
  pointer: string;
  /** Undefined: nothing is said there any more. */
  value: Json | undefined;
}

export type WordPart = "enabled" | `description/${Language}` | `synonyms/${Language}`;

/** Where a word stands; without a column it is the table's own. */
export function wordPointer(table: string, column: string | null, part: WordPart): string {
  const place = column === null ? ["tables", table] : ["tables", table, "columns", column];
  return pointerOf([...place, ...part.split("/")]);
}

/** What is said about a table or a column; nobody said anything: it is enabled and has no words. */
export function wordsOf(content: Json, table: string, column: string | null): Words {
  const at = (part: WordPart) => valueAt(content, wordPointer(table, column, part));
  const text = (language: Language) => {
    const found = at(`description/${language}`);
    return typeof found === "string" ? found : "";
  };
  const list = (language: Language) => {
    const found = at(`synonyms/${language}`);
    return Array.isArray(found) ? found.map(String) : [];
  };
  return {
    enabled: at("enabled") !== false,
    description: { en: text("en"), ko: text("ko") },
    synonyms: { en: list("en"), ko: list("ko") },
  };
}

export function applied(content: JsonObject, edits: readonly Edit[]): JsonObject {
  return edits.reduce<Json>(
    (here, { pointer, value }) => withValue(here, pointer, value),
    content,
  ) as JsonObject;
}

/** One edit more; an earlier one at the same place is taken over. */
export function added(edits: readonly Edit[], edit: Edit): Edit[] {
  return [...edits.filter(({ pointer }) => pointer !== edit.pointer), edit];
}

/** Edits at places that somebody else changed as well, to something else. */
export function clashes(base: Json, theirs: Json, edits: readonly Edit[]): Edit[] {
  return edits.filter(({ pointer, value }) => {
    const now = valueAt(theirs, pointer);
    return !same(valueAt(base, pointer), now) && !same(now, value);
  });
}

export interface Theirs {
  content: JsonObject;
  revision: number;
  by: string;
}

/** The other draft that a refusal to save brings along. */
export function theirsOf(members: Readonly<Record<string, unknown>>): Theirs | null {
  const found = members["theirs"];
  if (!isObject(found) || !isObject(found["content"])) return null;
  const { content, revision, saved_by } = found;
  return { content, revision: Number(revision), by: String(saved_by ?? "") };
}

export interface WordsState {
  content: JsonObject;
  revision: number;
  /** Not stored yet. */
  edits: readonly Edit[];
  conflict: Theirs | null;
}

export type WordsAction =
  | { do: "edit"; edit: Edit }
  | { do: "loaded"; content: JsonObject; revision: number }
  | { do: "saved"; content: JsonObject; revision: number; sent: readonly Edit[] }
  | { do: "refused"; theirs: Theirs }
  | { do: "settle"; keep: "mine" | "theirs" };

/** Edits at places that nobody else touched are laid over the other draft; for the others a person decides. */
export function wordsReducer(state: WordsState, action: WordsAction): WordsState {
  switch (action.do) {
    case "edit":
      return { ...state, edits: added(state.edits, action.edit) };
    case "loaded":
      // With edits in hand the next save finds out whether somebody else was faster.
      if (state.edits.length > 0 || state.conflict !== null || action.revision <= state.revision)
        return state;
      return { ...state, content: action.content, revision: action.revision };
    case "saved":
      return {
        content: action.content,
        revision: action.revision,
        edits: state.edits.filter((edit) => !action.sent.includes(edit)),
        conflict: null,
      };
    case "refused": {
      const { content, revision } = action.theirs;
      if (clashes(state.content, content, state.edits).length > 0)
        return { ...state, conflict: action.theirs };
      return { ...state, content, revision };
    }
    default: {
      if (state.conflict === null) return state;
      const { content, revision } = state.conflict;
      const lost = action.keep === "mine" ? [] : clashes(state.content, content, state.edits);
      const edits = state.edits.filter((edit) => !lost.includes(edit));
      return { content, revision, edits, conflict: null };
    }
  }
}

export function startOf({
  content,
  draft_revision,
}: Pick<AssetDetail, "content" | "draft_revision">): WordsState {
  return { content: content as JsonObject, revision: draft_revision, edits: [], conflict: null };
}
