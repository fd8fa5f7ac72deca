/** Rows of a table as they are looked for, sorted and cut into pages. Pure. */
import { asText } from "./template";

export type Row = Record<string, unknown>;
export interface Sorting {
  key: string;
  down: boolean;
}

/** A field of a row; `a.b` is a field of a field where there is no field of that whole name. */
export function fieldOf(row: Row, key: string): unknown {
  if (key in row) return row[key];
  return key
    .split(".")
    .reduce<unknown>(
      (here, part) => (typeof here === "object" && here !== null ? (here as Row)[part] : undefined),
      row,
    );
}

export function found(rows: readonly Row[], text: string, filters: Readonly<Record<string, string>>): Row[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter((row) => {
    if (wanted !== "" && !Object.values(row).some((value) => asText(value).toLowerCase().includes(wanted)))
      return false;
    return Object.entries(filters).every(
      ([key, filter]) =>
        filter === "" || asText(fieldOf(row, key)).toLowerCase().includes(filter.toLowerCase()),
    );
  });
}

/** Numbers by value, the rest as people order words; what is missing comes last either way. Stable. */
export function sorted(rows: readonly Row[], sorting: Sorting | null, language: string): Row[] {
  if (sorting === null) return [...rows];
  const words = new Intl.Collator(language, { numeric: true });
  const sign = sorting.down ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [fieldOf(one, sorting.key), fieldOf(other, sorting.key)];
    const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
    if (noA || noB) return Number(noA) - Number(noB);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * words.compare(asText(a), asText(b));
  });
}

export function columnsIn(rows: readonly Row[]): string[] {
  return [...new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)))].slice(0, 20);
}
