import type { Api, ApiDefinition, ApiRun, ApiRunLog, ApiVersion } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

type Row = Record<string, unknown>;

/** What the table of a result shows: objects as they are, anything else in a column of its own. */
export function rowsOf(items: readonly unknown[]): Row[] {
  return items.map((item) =>
    typeof item === "object" && item !== null && !Array.isArray(item) ? (item as Row) : { value: item },
  );
}

/** Whether a table shows the answer best: rows of plain values. Anything deeper is shown as the text it is. */
export function isTable(items: readonly unknown[], whole: boolean): boolean {
  if (whole && items.length < 2) return false;
  const plain = (value: unknown) => typeof value !== "object" || value === null;
  return items.every(
    (item) => plain(item) || (!Array.isArray(item) && (!whole || Object.values(item as Row).every(plain))),
  );
}

/** The run that a durable workflow's answer tells of. */
export function runStarted({ status, items }: Pick<ApiRun, "status" | "items">): string | null {
  const [first] = rowsOf(items);
  const id = first?.["run_id"];
  return status === 202 && typeof id === "string" ? id : null;
}

/** Column names in the order they first appear. */
export function columnNames(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const row of rows.slice(0, 50)) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

export function isNumeric(rows: readonly Row[], name: string): boolean {
  const values = rows.slice(0, 50).map((row) => row[name]);
  return (
    values.some((value) => typeof value === "number") &&
    values.every((value) => value === null || typeof value === "number")
  );
}

/** A value of a result as text; null has none. */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function statusTone(status: number): Tone {
  if (status < 400) return "ok";
  return status < 500 ? "warn" : "critical";
}

export interface RunSummary {
  calls: number;
  failed: number;
  /** Milliseconds; null without calls. */
  median: number | null;
  p95: number | null;
}

function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** How the calls went. Runs of the draft (version 0) are people trying it out, not callers. */
export function summarizeRuns(runs: readonly ApiRunLog[]): RunSummary {
  const calls = runs.filter(({ version }) => version > 0);
  const times = calls.map(({ total_ms }) => total_ms).sort((a, b) => a - b);
  return {
    calls: calls.length,
    failed: calls.filter(({ status }) => status >= 400).length,
    median: quantile(times, 0.5),
    p95: quantile(times, 0.95),
  };
}

/** The parts of an API that people think in, each a pure view of the definition. */
const parts = {
  path: ({ path }: ApiDefinition) => path.replace(/^\/+|\/+$/g, ""),
  method: ({ method }: ApiDefinition) => method,
  logic: ({ logic }: ApiDefinition) => logic,
  parameters: ({ parameters }: ApiDefinition) => parameters ?? [],
  limits: ({ limits }: ApiDefinition) => limits,
  cache: ({ cache }: ApiDefinition) => cache,
  description: ({ description, tags }: ApiDefinition) => [description, tags ?? []],
};

export type Part = keyof typeof parts;
export const partNames = Object.keys(parts) as Part[];

/** A text that is the same for two documents exactly when they are; null and absent are the same. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([, child]) => child !== null && child !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function changedParts(before: ApiDefinition, after: ApiDefinition): Part[] {
  return partNames.filter((part) => canonical(parts[part](before)) !== canonical(parts[part](after)));
}

/** Draft, published, or published with a draft that differs; the last is known once the versions are there. */
export function lifecycleOf(
  api: Api,
  versions: readonly ApiVersion[] | undefined,
): "draft" | "published" | "changed" | "archived" {
  if (api.state === "archived") return "archived";
  if (api.published_version === null) return "draft";
  const live = versions?.find(({ version }) => version === api.published_version);
  if (live === undefined) return "published";
  const differs = live.name !== api.name || changedParts(live.definition, api.definition).length > 0;
  return differs ? "changed" : "published";
}
