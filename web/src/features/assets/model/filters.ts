/** The list's filters as the URL, the server and a saved view have them. Pure. */
import type { AssetState, AssetView } from "@/lib/api/types";

export { flipped, withChosen } from "@/components/list/chosen";

export interface AssetFilters {
  q?: string | undefined;
  kind?: string[] | undefined;
  state?: AssetState[] | undefined;
  tag?: string[] | undefined;
  /** Only what cannot be loaded. */
  fault?: boolean | undefined;
}

const states: readonly AssetState[] = ["draft", "published", "archived"];

function texts(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).filter(
    (each): each is string => typeof each === "string" && each !== "",
  );
  return all.length === 0 ? undefined : [...new Set(all)];
}

/** What the URL says, whatever somebody typed into it. */
export function readFilters(search: Record<string, unknown>): AssetFilters {
  const found = texts(search["state"])?.filter((each): each is AssetState =>
    states.includes(each as AssetState),
  );
  return {
    q: texts(search["q"])?.[0],
    kind: texts(search["kind"]),
    state: found === undefined || found.length === 0 ? undefined : found,
    tag: texts(search["tag"]),
    fault: typeof search["fault"] === "boolean" ? search["fault"] : undefined,
  };
}

export function isFiltered({ q, kind, state, tag, fault }: AssetFilters): boolean {
  return [q, kind, state, tag, fault].some((each) => each !== undefined);
}

export function toView(filters: AssetFilters): AssetView["filters"] {
  const { q, kind, state, tag, fault } = filters;
  return { q: q ?? "", kind: kind ?? [], state: state ?? [], tag: tag ?? [], fault: fault ?? null };
}

export function fromView(filters: AssetView["filters"]): AssetFilters {
  return readFilters({ ...filters, fault: filters.fault ?? undefined });
}

/** Whether a view is what the list shows now. */
export function isShown(view: AssetView, filters: AssetFilters): boolean {
  const plain = (each: AssetFilters) =>
    JSON.stringify([
      each.q ?? "",
      ...[each.kind, each.state, each.tag].map((all) => [...(all ?? [])].sort()),
      each.fault,
    ]);
  return plain(fromView(view.filters)) === plain(filters);
}
