import { IconArrowsMove, IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ChangeOp } from "@/lib/json/diff";
import styles from "./diff.module.css";
import { type Line, linesBetween, shownValue } from "./lines";

export interface ShownChange {
  op: ChangeOp;
  pointer: string;
  /** The pointer with entries of lists by their names. */
  label?: string;
  before?: unknown;
  after?: unknown;
}

interface Props {
  changes: readonly ShownChange[];
  /** What is said where nothing differs. */
  none: string;
}

const looks = {
  added: IconPlus,
  removed: IconMinus,
  changed: IconPencil,
  moved: IconArrowsMove,
} as const;

/** What differs between two documents, place by place: the same list for code, rules, connections and policies. */
export function ChangeList({ changes, none }: Props) {
  const { t } = useTranslation("common");
  if (changes.length === 0) return <p className={styles.none}>{none}</p>;
  return (
    <ul className={styles.changes}>
      {changes.map((change) => {
        const Icon = looks[change.op];
        return (
          <li key={`${change.op} ${change.pointer}`} data-op={change.op}>
            <span className={styles.op}>
              <Icon size={14} aria-hidden />
              {t(`change.${change.op}`)}
            </span>
            <code className={styles.place}>{(change.label ?? change.pointer) || "/"}</code>
            <Sides change={change} />
          </li>
        );
      })}
    </ul>
  );
}

function Sides({ change: { op, before, after } }: { change: ShownChange }) {
  const { t } = useTranslation("common");
  if (op === "moved")
    return (
      <span className={styles.moved}>
        {t("change.places", { before: place(before), after: place(after) })}
      </span>
    );
  if (
    typeof before === "string" &&
    typeof after === "string" &&
    (before.includes("\n") || after.includes("\n"))
  )
    return <Lines lines={linesBetween(before, after)} />;
  return (
    <div className={styles.sides}>
      {op === "added" ? null : (
        <del className={styles.before}>
          <pre>{shownValue(before)}</pre>
        </del>
      )}
      {op === "removed" ? null : (
        <ins className={styles.after}>
          <pre>{shownValue(after)}</pre>
        </ins>
      )}
    </div>
  );
}

/** Places in a list are counted from one. */
function place(value: unknown): string {
  return typeof value === "number" ? String(value + 1) : shownValue(value);
}

function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <pre className={styles.lines}>
      {lines.map(({ kind, text, at }) => (
        <span key={`${kind} ${at}`} data-line={kind}>
          {kind === "added" ? "+ " : kind === "removed" ? "− " : "  "}
          {text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
