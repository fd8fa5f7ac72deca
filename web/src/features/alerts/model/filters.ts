/** The board's filters as the URL, the server and a saved view have them. Pure. */
import type { AlertState, AlertView, Severity } from "@/lib/api/types";
import { readView, type View, viewNames, views } from "./alerts";

export interface AlertFilters {
  view?: View | undefined;
  q?: string | undefined;
  severity?: Severity[] | undefined;
  rule?: string[] | undefined;
  assignee?: string[] | undefined;
  /** `name=value`. */
  label?: string[] | undefined;
}

export const noFilters: AlertFilters = {
  view: undefined,
  q: undefined,
  severity: undefined,
  rule: undefined,
  assignee: undefined,
  label: undefined,
};

const severities: readonly Severity[] = ["critical", "warning", "info"];

function texts(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).filter(
    (each): each is string => typeof each === "string" && each !== "",
  );
  return all.length === 0 ? undefined : [...new Set(all)];
}

/** What the URL says, whatever somebody typed into it. */
export function readFilters(search: Record<string, unknown>): AlertFilters {
  const found = texts(search["severity"])?.filter((each): each is Severity =>
    severities.includes(each as Severity),
  );
  const view = readView(search["view"]);
  return {
    view: view === "open" ? undefined : view,
    q: texts(search["q"])?.[0],
    severity: found === undefined || found.length === 0 ? undefined : found,
    rule: texts(search["rule"]),
    assignee: texts(search["assignee"]),
    label: texts(search["label"])?.filter((each) => each.indexOf("=") > 0),
  };
}

/** Only the filters of what else the URL holds. */
export function ownFilters({ view, q, severity, rule, assignee, label }: AlertFilters): AlertFilters {
  return { view, q, severity, rule, assignee, label };
}

export function isFiltered(filters: AlertFilters): boolean {
  return Object.values(ownFilters(filters)).some((each) => each !== undefined);
}

/** As the list's query and the counts take them. */
export function queryOf({ view, q, severity, rule, assignee, label }: AlertFilters) {
  return {
    state: [...views[view ?? "open"]] as AlertState[],
    q: q ?? null,
    severity: severity ?? null,
    rule_id: rule ?? null,
    assignee: (assignee as "none"[] | undefined) ?? null,
    label: label ?? null,
  };
}

export function toView(filters: AlertFilters): AlertView["filters"] {
  const { q, severity, rule, assignee, label, view } = filters;
  return {
    q: q ?? "",
    state: [...views[view ?? "open"]],
    severity: severity ?? [],
    rule: rule ?? [],
    assignee: assignee ?? [],
    label: label ?? [],
  };
}

export function fromView({ state, ...rest }: AlertView["filters"]): AlertFilters {
  const wanted = [...(state ?? [])].sort().join();
  const view = viewNames.find((name) => [...views[name]].sort().join() === wanted);
  return readFilters({ ...rest, view });
}

/** Whether a saved view is what the board shows now. */
export function isShown(saved: AlertView, filters: AlertFilters): boolean {
  const plain = (each: AlertFilters) =>
    JSON.stringify([
      each.view ?? "open",
      each.q ?? "",
      ...[each.severity, each.rule, each.assignee, each.label].map((all) => [...(all ?? [])].sort()),
    ]);
  return plain(fromView(saved.filters)) === plain(filters);
}

/** The value of a label filter for one label. */
export function labelValues(label: readonly string[] | undefined, name: string): string[] {
  return (label ?? [])
    .filter((each) => each.startsWith(`${name}=`))
    .map((each) => each.slice(name.length + 1));
}
