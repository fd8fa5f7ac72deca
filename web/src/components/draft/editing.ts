/**
 * A draft being edited: what is on screen, what the server has, and the way between them. Pure.
 * Invariants: `base` is the document of `revision`, so a save with that revision is refused exactly if somebody else saved in
 * between; while there is a conflict nothing is sent.
 */
import type { AssetDetail } from "@/lib/api/types";
import { isObject, type Json, type JsonObject, same } from "@/lib/json/pointer";
import { begin, edited, type History, redone, undone } from "@/lib/undo/undo";

export type Draft = { name: string; description: string; tags: string[]; content: JsonObject };

export interface Theirs {
  draft: Draft;
  revision: number;
  by: string;
  at: string;
}

export interface Editing {
  history: History<Draft>;
  base: Draft;
  revision: number;
  conflict: Theirs | null;
  /** Brought back from this browser's journal. */
  restored: boolean;
}

export type Action =
  | { do: "edit"; draft: Draft; label: string; at: number }
  | { do: "undo" }
  | { do: "redo" }
  | { do: "saved"; draft: Draft; revision: number }
  | { do: "refused"; theirs: Theirs }
  | { do: "merged"; draft: Draft; at: number }
  | { do: "adopt"; draft: Draft; revision: number };

export function draftOf(asset: AssetDetail): Draft {
  const { name, description, tags, content } = asset;
  return { name, description, tags, content: content as JsonObject };
}

export function start(draft: Draft, revision: number, kept: Kept | null): Editing {
  const plain = { history: begin(draft), base: draft, revision, conflict: null, restored: false };
  if (kept === null || same(kept.draft, draft)) return plain;
  // Saved on an older revision: the first save is refused and both sides are shown.
  return {
    ...plain,
    history: edited(begin(kept.base), kept.draft, "restored", 0),
    base: kept.base,
    revision: kept.revision,
    restored: true,
  };
}

export function isDirty({ history, base }: Editing): boolean {
  return !same(history.present, base);
}

export function reduce(state: Editing, action: Action): Editing {
  switch (action.do) {
    case "edit":
      return {
        ...state,
        history: edited(state.history, action.draft, action.label, action.at),
        restored: false,
      };
    case "undo":
      return { ...state, history: undone(state.history) };
    case "redo":
      return { ...state, history: redone(state.history) };
    case "saved":
      return { ...state, base: action.draft, revision: action.revision, conflict: null };
    case "refused":
      return { ...state, conflict: action.theirs };
    case "merged":
      return state.conflict === null
        ? state
        : {
            ...state,
            history: edited(state.history, action.draft, "merge", action.at),
            base: state.conflict.draft,
            revision: state.conflict.revision,
            conflict: null,
          };
    case "adopt":
      return {
        ...state,
        history: begin(action.draft),
        base: action.draft,
        revision: action.revision,
        restored: false,
      };
  }
}

/** The other side of a refused save, out of the problem document's members; null where they say nothing usable. */
export function theirsOf(members: Readonly<Record<string, unknown>>): Theirs | null {
  const theirs = members["theirs"];
  if (!isObject(theirs)) return null;
  const { name, description, tags, content, revision, saved_by, saved_at } = theirs;
  if (typeof name !== "string" || typeof revision !== "number" || !isObject(content)) return null;
  const draft = {
    name,
    description: typeof description === "string" ? description : "",
    tags: Array.isArray(tags) ? tags.map(String) : [],
    content,
  };
  return { draft, revision, by: String(saved_by ?? ""), at: String(saved_at ?? "") };
}

/** What is kept in this browser while it is not saved. */
export interface Kept {
  draft: Draft;
  base: Draft;
  revision: number;
}

export function readKept(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value) || typeof value["revision"] !== "number") return null;
    if (!isDraft(value["draft"]) || !isDraft(value["base"])) return null;
    return value as unknown as Kept;
  } catch {
    return null;
  }
}

function isDraft(value: Json | undefined): boolean {
  return (
    isObject(value) &&
    typeof value["name"] === "string" &&
    Array.isArray(value["tags"]) &&
    isObject(value["content"])
  );
}
