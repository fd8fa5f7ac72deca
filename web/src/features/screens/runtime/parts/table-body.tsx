import { Anchor, Button, Checkbox } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useMemo, useSyncExternalStore } from "react";
import { StatusBadge } from "@/components/status/StatusBadge";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { type Tone, toneColor } from "@/theme/status";
import styles from "../data.module.css";
import { fieldOf, type Row } from "../model/table";
import { asText } from "../model/template";
import { useAround, usePage } from "../page";
import type { Of, Schemas } from "../types";
import { useTruth, useWords } from "../use-bound";
import { useStable } from "../use-stable";
import { useTones } from "../use-tones";

type Column = Schemas["TableColumn"];

export function selects({ selection }: Of<"table">): boolean {
  return selection === "one" || selection === "many";
}

export function isNumeric({ kind }: Column): boolean {
  return kind === "number" || kind === "percent" || kind === "bytes" || kind === "duration";
}

/** Which rows are chosen, as the page's state holds their keys. */
function useSelecting(node: Of<"table">) {
  const { run, store } = usePage();
  const around = useAround();
  const name = selects(node) ? (node.selected ?? null) : null;
  const kept = useSyncExternalStore(store.subscribe, () => (name === null ? null : store.read().state[name]));
  const chosen = (Array.isArray(kept) ? kept : [kept]).filter((each) => each !== null && each !== undefined);
  const idOf = (row: Row) => fieldOf(row, node.row_key ?? "id");
  return {
    has: (row: Row) => chosen.includes(idOf(row)),
    toggle: (row: Row) => {
      if (name === null) return;
      const others = chosen.filter((each) => each !== idOf(row));
      const more = chosen.includes(idOf(row)) ? others : [...others, idOf(row)];
      store.set(
        "state",
        name,
        node.selection === "many" ? more : (more.find((each) => each === idOf(row)) ?? null),
      );
      void run(node.on?.["select"], { row }, around);
    },
  };
}

interface BodyProps {
  node: Of<"table">;
  columns: readonly Column[];
  rows: readonly Row[];
}

export function TableBody({ node, columns, rows }: BodyProps) {
  const inputs = useMemo(() => rows.map((row) => ({ row })), [rows]);
  const tones = useTones(node.row_tones, inputs);
  const cellTones = useCellTones(columns, rows);
  const selecting = useSelecting(node);
  const seen = new Map<string, number>();
  return (
    <tbody>
      {rows.map((row, at) => {
        const id = asText(fieldOf(row, node.row_key ?? "id"));
        const again = seen.get(id) ?? 0;
        seen.set(id, again + 1);
        return (
          <BodyRow key={`${id} ${again}`} node={node} row={row} tone={tones[at] ?? null}>
            {selects(node) ? (
              <td>
                <Checkbox
                  aria-label={id}
                  checked={selecting.has(row)}
                  onClick={(event) => event.stopPropagation()}
                  onChange={() => selecting.toggle(row)}
                />
              </td>
            ) : null}
            {columns.map((column) => (
              <td key={column.key} data-right={isNumeric(column) || undefined}>
                <Cell column={column} row={row} tone={cellTones[`${at} ${column.key}`] ?? null} />
              </td>
            ))}
          </BodyRow>
        );
      })}
    </tbody>
  );
}

interface RowProps {
  node: Of<"table">;
  row: Row;
  tone: Tone | null;
  children: ReactNode;
}

function BodyRow({ node, row, tone, children }: RowProps) {
  const { run } = usePage();
  const around = useAround();
  const click = node.on?.["row_click"];
  const go = () => void run(click, { row }, around);
  const doing = {
    "data-clickable": true,
    tabIndex: 0,
    onClick: go,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && event.target === event.currentTarget) go();
    },
  };
  return (
    <tr
      {...(click === undefined ? {} : doing)}
      {...(tone === null ? {} : { style: { boxShadow: `inset 3px 0 ${toneColor(tone)}` } })}
    >
      {children}
      {node.actions?.length ? (
        <td>
          {node.actions.map((action) => (
            <RowButton key={action.id} action={action} row={row} />
          ))}
        </td>
      ) : null}
    </tr>
  );
}

/** Tones of the cells that have rules: one list for each such column, evaluated as a whole. */
function useCellTones(columns: readonly Column[], rows: readonly Row[]): Record<string, Tone | null> {
  const coloured = useStable(
    columns
      .filter(({ tones }) => (tones ?? []).length > 0)
      .map(({ key, tones }) => ({ key, tones: tones ?? [] })),
  );
  const rules = useMemo(
    () =>
      coloured.flatMap(({ key, tones }) =>
        tones.map(({ when, tone }) => ({ tone, when: narrowed(when, key) })),
      ),
    [coloured],
  );
  const cells = useMemo(
    () =>
      coloured.flatMap(({ key }) =>
        rows.map((row, at) => ({ row, value: fieldOf(row, key), at, column: key })),
      ),
    [coloured, rows],
  );
  const tones = useTones(rules, cells);
  return Object.fromEntries(cells.map(({ at, column }, place) => [`${at} ${column}`, tones[place] ?? null]));
}

/** A column's rule holds for its own cells only. */
function narrowed(when: string, column: string): string {
  return `{{ column = ${JSON.stringify(column)} and $boolean(${when.slice(2, -2)}) }}`;
}

function RowButton({ action, row }: { action: Schemas["RowAction"]; row: Row }) {
  const { run } = usePage();
  const around = useAround();
  const label = useWords(action.label);
  if (!useTruth(action.visible, true)) return null;
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      onClick={(event) => {
        event.stopPropagation();
        void run(action.run, { row }, { ...around, row });
      }}
    >
      {label}
    </Button>
  );
}

function Cell({ column, row, tone }: { column: Column; row: Row; tone: Tone | null }) {
  const { language } = usePage();
  const value = fieldOf(row, column.key);
  const text = shownAs(column, value, language);
  if (column.kind === "badge") return text === "" ? null : <StatusBadge tone={tone ?? "idle"} label={text} />;
  if (column.kind === "code") return <code>{text}</code>;
  if (column.kind === "link" && /^(\/([^/]|$)|https:\/\/)/.test(text))
    return (
      <Anchor href={text} target={text.startsWith("/") ? undefined : "_blank"} rel="noopener noreferrer">
        {text}
      </Anchor>
    );
  if (column.kind === "bar" && typeof value === "number")
    return (
      <span className={styles.bar}>
        <span
          style={{ width: `${Math.max(0, Math.min(100, value))}%`, background: toneColor(tone ?? "info") }}
        />
        <span>{text}</span>
      </span>
    );
  return tone === null ? text : <StatusBadge plain tone={tone as Tone} label={text} />;
}

const units: Record<string, string> = { percent: "%", bytes: "B", duration: "s" };

function shownAs(column: Column, value: unknown, language: string): string {
  if (value === null || value === undefined) return "–";
  if (column.kind === "time") {
    const at = new Date(asText(value));
    return Number.isNaN(at.getTime()) ? asText(value) : dateTime(at, language);
  }
  if (typeof value !== "number") return asText(value);
  if (typeof column.digits === "number")
    return `${value.toLocaleString(language, { maximumFractionDigits: column.digits })}${column.unit ? ` ${column.unit}` : ""}`;
  return isNumeric(column) || column.unit
    ? showText(value, column.unit || units[column.kind ?? ""] || "", language)
    : String(value);
}
