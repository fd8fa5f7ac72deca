/** How long to wait before the n-th try in a row (n = 1, 2, …): doubling from 1 s to 30 s, with jitter in the upper half. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(30_000, 1000 * 2 ** Math.min(attempt - 1, 10));
  return Math.round(ceiling / 2 + random() * (ceiling / 2));
}
