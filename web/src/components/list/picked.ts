/** Which rows are ticked. Pure; `order` is the list as it is shown. */
export interface Picked {
  ids: ReadonlySet<string>;
  /** The last one that was ticked by hand: a range begins there. */
  anchor: string | null;
}

export const nothingPicked: Picked = { ids: new Set(), anchor: null };

export function toggled(picked: Picked, order: readonly string[], id: string, range: boolean): Picked {
  const ids = new Set(picked.ids);
  const from = range && picked.anchor !== null ? order.indexOf(picked.anchor) : -1;
  const to = order.indexOf(id);
  if (from >= 0 && to >= 0) {
    for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) ids.add(each);
    return { ids, anchor: id };
  }
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

/** What is ticked and still in the list: a row that was filtered away must not be acted on unseen. */
export function present(picked: Picked, order: readonly string[]): string[] {
  return order.filter((id) => picked.ids.has(id));
}
