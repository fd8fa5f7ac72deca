/**
 * What a page keeps of a live tail. Pure. Invariant: `rows` are the newest that may be shown, newest first; while it is held,
 * they stand still and what comes waits in `held`; every event that came and is kept nowhere is counted in `skipped`.
 */
import type { EventRow } from "@/lib/api/types";

export const mostRows = 500;

export interface TailState {
  rows: EventRow[];
  held: EventRow[];
  paused: boolean;
  /** Came faster than the server sends, or than the page keeps. */
  skipped: number;
  received: number;
}

export type TailAction =
  | { type: "came"; items: EventRow[]; skipped: number }
  | { type: "pause" }
  | { type: "go" }
  | { type: "clear" };

export const emptyTail: TailState = { rows: [], held: [], paused: false, skipped: 0, received: 0 };

export function tailed(state: TailState, action: TailAction): TailState {
  switch (action.type) {
    case "came":
      return came(state, action.items, action.skipped);
    case "pause":
      return { ...state, paused: true };
    case "go":
      return { ...state, paused: false, rows: [...state.held, ...state.rows].slice(0, mostRows), held: [] };
    case "clear":
      return { ...emptyTail, paused: state.paused };
  }
}

function came(state: TailState, items: EventRow[], skipped: number): TailState {
  const newest = [...items].reverse();
  const received = state.received + items.length + skipped;
  if (!state.paused)
    return {
      ...state,
      received,
      skipped: state.skipped + skipped,
      rows: [...newest, ...state.rows].slice(0, mostRows),
    };
  const held = [...newest, ...state.held];
  const lost = Math.max(held.length - mostRows, 0);
  return { ...state, received, skipped: state.skipped + skipped + lost, held: held.slice(0, mostRows) };
}
