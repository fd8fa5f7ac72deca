/** Where the nodes of a graph of links stand: who uses it to the left, what it uses to the right. Pure. */
export const nodeSize = { width: 200, height: 52 } as const;
const step = { x: nodeSize.width + 90, y: nodeSize.height + 18 } as const;

export interface Placed {
  x: number;
  y: number;
}

/** Between nodes by their place in the list. */
interface Edge {
  source: number;
  target: number;
}

/**
 * Columns by distance from the node in the middle (index 0 is not assumed: `center` says). Uses go right, users left; a node
 * reached both ways stands where the shorter way leads. Within a column nodes stand near those that they are linked to.
 */
export function layout(count: number, edges: readonly Edge[], center: number): Placed[] {
  const column = columns(count, edges, center);
  const rows = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    const at = column[node] ?? 0;
    rows.set(at, [...(rows.get(at) ?? []), node]);
  }
  const order = new Array<number>(count).fill(0);
  for (const at of [...rows.keys()].sort((a, b) => Math.abs(a) - Math.abs(b))) {
    const members = rows.get(at) ?? [];
    const weight = (node: number) => {
      const near = neighbours(node, edges).filter((other) => Math.abs(column[other] ?? 0) < Math.abs(at));
      return near.length === 0 ? 0 : near.reduce((sum, other) => sum + (order[other] ?? 0), 0) / near.length;
    };
    const weights = new Map(members.map((node) => [node, weight(node)]));
    members.sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0) || a - b);
    for (const [index, node] of members.entries()) order[node] = index - (members.length - 1) / 2;
  }
  return Array.from({ length: count }, (_, node) => ({
    x: (column[node] ?? 0) * step.x,
    y: (order[node] ?? 0) * step.y,
  }));
}

function neighbours(node: number, edges: readonly Edge[]): number[] {
  return edges.flatMap(({ source, target }) =>
    source === node ? [target] : target === node ? [source] : [],
  );
}

/** How far right (uses) or left (used by) of the middle each node stands. */
function columns(count: number, edges: readonly Edge[], center: number): number[] {
  const found = new Map([[center, 0]]);
  walk(found, center, 1, (node) => edges.filter(({ source }) => source === node).map(({ target }) => target));
  walk(found, center, -1, (node) =>
    edges.filter(({ target }) => target === node).map(({ source }) => source),
  );
  // What is linked only round a corner stands one further out than its neighbour.
  for (let node = 0; node < count; node++) {
    if (found.has(node)) continue;
    const beside = neighbours(node, edges).find((other) => found.has(other));
    const at = beside === undefined ? 0 : (found.get(beside) ?? 0);
    found.set(node, at < 0 ? at - 1 : at + 1);
  }
  return Array.from({ length: count }, (_, node) => found.get(node) ?? 0);
}

function walk(
  found: Map<number, number>,
  center: number,
  side: 1 | -1,
  next: (node: number) => number[],
): void {
  const queue = [center];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const at = (found.get(node) ?? 0) + side;
    for (const other of next(node)) {
      if (found.has(other)) continue;
      found.set(other, at);
      queue.push(other);
    }
  }
}
