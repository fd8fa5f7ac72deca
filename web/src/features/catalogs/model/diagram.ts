/** Where the tables of an entity diagram stand: who refers to a table stands to its left. Pure. */
import type { CatalogDiagram } from "@/lib/api/types";

export const tableWidth = 220;
export const headHeight = 30;
export const lineHeight = 22;
const gap = { x: 110, y: 26 } as const;
/** Keys first; of the other columns no more than fill a table up to this. */
export const shownColumns = 8;

type Table = CatalogDiagram["tables"][number];
type Edge = Pick<CatalogDiagram["edges"][number], "source" | "target">;

export interface Box {
  path: string;
  x: number;
  y: number;
  height: number;
}

/** The columns a table shows, keys first and otherwise in their order, and how many it leaves out. */
export function visible(table: Pick<Table, "columns" | "more_columns">) {
  const keys = table.columns.filter(({ primary, foreign }) => primary || foreign);
  const rest = table.columns.filter(({ primary, foreign }) => !primary && !foreign);
  const columns = [...keys, ...rest.slice(0, Math.max(0, shownColumns - keys.length))];
  return { columns, more: table.columns.length - columns.length + table.more_columns };
}

export function heightOf(table: Pick<Table, "columns" | "more_columns">): number {
  const { columns, more } = visible(table);
  return headHeight + (columns.length + (more > 0 ? 1 : 0)) * lineHeight + 6;
}

/**
 * A column for each distance along foreign keys: a table stands right of those that refer to it. Tables nobody refers to and
 * that refer to nobody fill columns of their own at the end.
 */
export function placed(tables: readonly Table[], edges: readonly Edge[]): Box[] {
  const depth = depths(tables, edges);
  const linked = new Set(edges.flatMap(({ source, target }) => (source === target ? [] : [source, target])));
  const columns = new Map<number, Table[]>();
  for (const table of tables) {
    if (!linked.has(table.path)) continue;
    const at = depth.get(table.path) ?? 0;
    columns.set(at, [...(columns.get(at) ?? []), table]);
  }
  const ordered = [...columns.entries()].sort(([a], [b]) => a - b).map(([, members]) => members);
  const alone = tables.filter(({ path }) => !linked.has(path));
  const perColumn = Math.max(4, Math.ceil(Math.sqrt(alone.length)));
  for (let at = 0; at < alone.length; at += perColumn) ordered.push(alone.slice(at, at + perColumn));
  return ordered.flatMap((members, index) => {
    const heights = members.map(heightOf);
    const total = heights.reduce((sum, height) => sum + height + gap.y, -gap.y);
    let y = -total / 2;
    return members.map(({ path }, row) => {
      const height = heights[row] ?? 0;
      const box = { path, x: index * (tableWidth + gap.x), y, height };
      y += height + gap.y;
      return box;
    });
  });
}

/** The longest way along foreign keys that leads to a table; a circle is cut where it closes. */
function depths(tables: readonly Table[], edges: readonly Edge[]): Map<string, number> {
  const found = new Map<string, number>();
  const open = new Set<string>();
  const into = new Map<string, string[]>();
  for (const { source, target } of edges)
    if (source !== target) into.set(target, [...(into.get(target) ?? []), source]);
  const walk = (path: string): number => {
    const known = found.get(path);
    if (known !== undefined) return known;
    if (open.has(path)) return 0;
    open.add(path);
    const depth = Math.max(-1, ...(into.get(path) ?? []).map(walk)) + 1;
    open.delete(path);
    found.set(path, depth);
    return depth;
  };
  for (const { path } of tables) walk(path);
  return found;
}
