/** Edits of a drawn query. Pure: each gives a new drawing; the server writes it as SQL. */
import type { SqlDrawing, SqlTable } from "@/lib/api/types";

export type Group = NonNullable<SqlDrawing["filter"]>;
export type Condition = Group["items"][number];
export type Comparison = Extract<Condition, { type: "comparison" }>;
export type ColumnRef = Comparison["left"];
export type Value = NonNullable<Comparison["values"]>[number];
export type Operator = Comparison["operator"];
export type Item = SqlDrawing["columns"][number];
export type Aggregate = NonNullable<Item["aggregate"]>;
type Source = SqlDrawing["source"];

export const operators: readonly Operator[] = [
  "=", "<>", "<", "<=", ">", ">=", "like", "not like", "ilike", "not ilike", "in", "not in", "between", "not between",
  "is null", "is not null",
]; // biome-ignore format: a list of words
export const aggregates: readonly Aggregate[] = ["count", "count distinct", "sum", "avg", "min", "max"];

/** What a table is called in the query. */
export const called = ({ alias, name }: Source) => (alias === "" ? name : alias);

export function sourceOf({ schema_name, name }: SqlTable, alias = ""): Source {
  // Names of files' own schemas say nothing to the reader.
  return { schema_name: schema_name === "main" ? "" : schema_name, name, alias };
}

export function startWith(table: SqlTable): SqlDrawing {
  const limit = { type: "number" as const, value: "100" };
  return {
    source: sourceOf(table),
    joins: [],
    distinct: false,
    columns: [],
    filter: null,
    group_by: [],
    order_by: [],
    limit,
  };
}

export const sources = ({ source, joins }: SqlDrawing): Source[] => [
  source,
  ...joins.map((join) => join.source),
];

export function tableOf(tables: readonly SqlTable[], { schema_name, name }: Source): SqlTable | undefined {
  return tables.find(
    (table) => table.name === name && (schema_name === "" || table.schema_name === schema_name),
  );
}

export interface Choice {
  value: string;
  label: string;
  ref: ColumnRef;
}

/** Every column that the drawn tables have. Only where there are several is a column written with its table. */
export function columnChoices(drawing: SqlDrawing, tables: readonly SqlTable[]): Choice[] {
  const all = sources(drawing);
  return all.flatMap((source) => {
    const table = all.length > 1 ? called(source) : "";
    return (tableOf(tables, source)?.columns ?? []).map(({ name }) => {
      const ref = { table, column: name };
      return { value: keyOf(ref), label: keyOf(ref), ref };
    });
  });
}

export const keyOf = ({ table, column }: ColumnRef) => (table === "" ? column : `${table}.${column}`);

export interface Way {
  label: string;
  join: SqlDrawing["joins"][number];
}

/** Joins that foreign keys offer, from the drawn tables and to them. */
export function waysOn(drawing: SqlDrawing, tables: readonly SqlTable[]): Way[] {
  const taken = new Set(sources(drawing).map(called));
  return sources(drawing).flatMap((source) => {
    const from = tableOf(tables, source);
    if (from === undefined) return [];
    const path = ({ schema_name, name }: SqlTable) => `${schema_name}.${name}`;
    const out = from.foreign_keys.flatMap(({ columns, target, referred_columns }) => {
      const other = tables.find((table) => path(table) === target);
      return other === undefined ? [] : [way(source, columns, other, referred_columns, taken)];
    });
    const into = tables.flatMap((other) =>
      other.foreign_keys
        .filter(({ target }) => target === path(from) && path(other) !== path(from))
        .map((key) => way(source, key.referred_columns, other, key.columns, taken)),
    );
    return [...out, ...into];
  });
}

function way(from: Source, own: string[], other: SqlTable, theirs: string[], taken: Set<string>): Way {
  const alias = freeName(other.name, taken);
  const source = sourceOf(other, alias === other.name ? "" : alias);
  const on = own.map((column, index) => ({
    left: { table: called(from), column },
    right: { table: alias, column: theirs[index] ?? "" },
  }));
  return { label: `${called(from)}.${own.join(", ")} → ${other.name}`, join: { kind: "inner", source, on } };
}

function freeName(name: string, taken: Set<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}

/** With the first join every column has to say whose it is. */
export function joined(drawing: SqlDrawing, { join }: Way): SqlDrawing {
  const first = drawing.joins.length === 0;
  const base = first ? withTable(drawing, called(drawing.source)) : drawing;
  return { ...base, joins: [...base.joins, join] };
}

function withTable(drawing: SqlDrawing, table: string): SqlDrawing {
  const named = (ref: ColumnRef): ColumnRef => (ref.table === "" ? { ...ref, table } : ref);
  const labels = new Set(drawing.columns.map(({ label }) => label).filter((label) => label !== ""));
  const inGroup = (group: Group): Group => ({
    ...group,
    items: group.items.map((item) =>
      item.type === "group" ? inGroup(item) : { ...item, left: named(item.left) },
    ),
  });
  return {
    ...drawing,
    columns: drawing.columns.map((item) => ({ ...item, of: item.of == null ? null : named(item.of) })),
    filter: drawing.filter == null ? null : inGroup(drawing.filter),
    group_by: drawing.group_by.map(named),
    order_by: drawing.order_by.map((each) =>
      labels.has(each.by.column) ? each : { ...each, by: named(each.by) },
    ),
  };
}

/** Choosing the first aggregate groups by the plain columns; taking the last one away ungroups. */
export function regrouped(drawing: SqlDrawing): SqlDrawing {
  const hasAggregate = drawing.columns.some(({ aggregate }) => aggregate != null);
  const plain = drawing.columns.flatMap(({ aggregate, of }) => (aggregate == null && of != null ? [of] : []));
  return { ...drawing, group_by: hasAggregate ? plain : [] };
}

export const blankGroup = (first: ColumnRef): Group => ({
  type: "group",
  combinator: "and",
  negated: false,
  items: [blankComparison(first)],
});

export const blankComparison = (left: ColumnRef): Comparison => ({
  type: "comparison",
  left,
  operator: "=",
  values: [{ type: "text", value: "" }],
});

/** The values as typed text: `:name` is a parameter, plain figures are numbers, the rest is text; a comma divides. */
export function valuesFrom(text: string, operator: Operator): Value[] {
  if (operator === "is null" || operator === "is not null") return [];
  const several = operator.endsWith("in") || operator.endsWith("between");
  const parts = several ? text.split(",").map((part) => part.trim()) : [text];
  const found = parts.map(valueFrom);
  if (!operator.endsWith("between")) return found;
  const none: Value = { type: "text", value: "" };
  return [found[0] ?? none, found[1] ?? found[0] ?? none];
}

function valueFrom(text: string): Value {
  const name = /^:([A-Za-z_]\w{0,62})$/.exec(text)?.[1];
  if (name !== undefined) return { type: "parameter", name };
  if (/^-?\d{1,40}(\.\d{1,40})?$/.test(text)) return { type: "number", value: text };
  if (text === "true" || text === "false") return { type: "boolean", value: text === "true" };
  // A figure that is meant as text stands in quotes.
  return { type: "text", value: /^'.*'$/s.test(text) ? text.slice(1, -1) : text };
}

export function textOf(values: readonly Value[]): string {
  return values.map(valueText).join(", ");
}

function valueText(value: Value): string {
  if (value.type === "parameter") return `:${value.name}`;
  if (value.type !== "text") return String(value.value);
  return valueFrom(value.value).type === "text" && !/^'.*'$/s.test(value.value)
    ? value.value
    : `'${value.value}'`;
}

/** A group with one of its items changed, or without it; an empty group is no group. */
export function replaced(group: Group, index: number, item: Condition | null): Group | null {
  const items = group.items.flatMap((each, at) => (at === index ? (item === null ? [] : [item]) : [each]));
  return items.length === 0 ? null : { ...group, items };
}
