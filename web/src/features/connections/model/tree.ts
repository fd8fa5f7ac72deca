/** Keys and filter of the tree. Pure. */
import type { ConnectionNode } from "@/lib/api/types";

/** One level shows at most so many; a filter finds the others. */
export const shownNodes = 500;

export interface ShownItem {
  path: string;
  level: number;
  /** Null where there is nothing below. */
  open: boolean | null;
}

/** Where a key leads in a tree as WAI-ARIA describes it: an item to go to, or one to open or close. */
export function step(
  key: string,
  at: number,
  items: readonly ShownItem[],
): { to?: number; flip?: string } | null {
  const here = items[at];
  if (here === undefined) return null;
  const last = items.length - 1;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(at + 1, last) };
    case "ArrowUp":
      return { to: Math.max(at - 1, 0) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: last };
    case "ArrowRight":
      if (here.open === null) return null;
      return here.open ? { to: Math.min(at + 1, last) } : { flip: here.path };
    case "ArrowLeft": {
      if (here.open === true) return { flip: here.path };
      const above = items.slice(0, at).findLastIndex(({ level }) => level < here.level);
      return above < 0 ? null : { to: above };
    }
    default:
      return null;
  }
}

export function fits({ name }: Pick<ConnectionNode, "name">, text: string): boolean {
  return name.toLowerCase().includes(text.trim().toLowerCase());
}
