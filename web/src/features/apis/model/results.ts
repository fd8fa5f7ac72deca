import type { Stepping } from "@/components/lifecycle/steps";
import type { Api, ApiRun, ApiVersion } from "@/lib/api/types";
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

/** A path as callers write it. */
export function plainPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}

/** Where the version in force answers; null while nothing does, or while it cannot be read. */
export function servedPath(versions: readonly ApiVersion[] | undefined): string | null {
  const live = versions?.find(({ is_published }) => is_published);
  return live?.definition ? plainPath(live.definition.path) : null;
}

/** What the dialogs of an asset's life have to know of an API. */
export function stepping({ id, name, published_version, revision }: Api): Stepping {
  return { id, name, published_version, draft_revision: revision };
}
