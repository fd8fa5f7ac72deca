/** One value of a filter more or less; nothing left means no restriction. */
export function flipped<T extends string>(chosen: readonly T[] | undefined, value: T): T[] | undefined {
  const kept = (chosen ?? []).filter((each) => each !== value);
  const next = kept.length === (chosen?.length ?? 0) ? [...kept, value] : kept;
  return next.length === 0 ? undefined : next;
}

interface Count {
  value: string;
  count: number;
}

/** Counts with the chosen values among them, also when nothing is left of those. */
export function withChosen<T extends Count>(
  counts: readonly T[] | undefined,
  chosen: readonly string[] | undefined,
): (T | Count)[] {
  const known = counts ?? [];
  const gone = (chosen ?? []).filter((value) => !known.some((each) => each.value === value));
  return [...known, ...gone.map((value) => ({ value, count: 0 }))];
}
