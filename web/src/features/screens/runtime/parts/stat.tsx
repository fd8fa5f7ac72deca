import { IconArrowDownRight, IconArrowUpRight } from "@tabler/icons-react";
import { digits } from "@/lib/format/numbers";
import { asText } from "../model/template";
import { usePage } from "../page";
import styles from "../runtime.module.css";
import type { Of } from "../types";
import { useBound, useWords } from "../use-bound";
import { Problem } from "./containers";

/** One number, what it was before, and how it went. */
export function StatPart({ node }: { node: Of<"stat"> }) {
  const { language } = usePage();
  const label = useWords(node.label);
  const { value, problem, ready } = useBound(node.value);
  const unit = asText(useBound(node.unit ?? "").value);
  const before = useBound(node.before ?? null).value;
  const trend = useBound(node.trend ?? null).value;
  if (problem !== null) return <Problem text={problem} />;
  const number = typeof value === "number" ? value : Number(value);
  const isNumber = value !== null && value !== "" && value !== undefined && !Number.isNaN(number);
  const shown = isNumber
    ? number.toLocaleString(language, { maximumFractionDigits: node.digits ?? 1 })
    : value === null || value === undefined
      ? "–"
      : asText(value);
  return (
    <div className={styles.stat} aria-busy={!ready}>
      <span className={styles.statLabel}>{label}</span>
      <span className={styles.statValue}>
        {shown}
        {unit === "" ? null : <small> {unit}</small>}
      </span>
      {typeof before === "number" && isNumber ? (
        <Change from={before} to={number} better={node.better} />
      ) : null}
      {Array.isArray(trend) ? <Trend values={trend.map(Number)} /> : null}
    </div>
  );
}

function Change({ from, to, better }: { from: number; to: number; better: Of<"stat">["better"] }) {
  const { language } = usePage();
  const difference = to - from;
  const good = better === "neither" || difference === 0 ? null : (better === "higher") === difference > 0;
  const Icon = difference < 0 ? IconArrowDownRight : IconArrowUpRight;
  return (
    <span className={styles.change} data-good={good === null ? undefined : good}>
      {difference === 0 ? null : <Icon size={14} aria-hidden />}
      {`${difference > 0 ? "+" : ""}${digits(difference, language)}`}
    </span>
  );
}

/** A line through the numbers; a gap where there is none. */
function Trend({ values }: { values: readonly number[] }) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length < 2) return null;
  const low = Math.min(...known);
  const range = Math.max(...known) - low || 1;
  const points = values
    .map(
      (value, at) =>
        `${((at / (values.length - 1)) * 100).toFixed(1)},${(22 - ((value - low) / range) * 20).toFixed(1)}`,
    )
    .join(" ");
  return (
    <svg viewBox="0 0 100 24" preserveAspectRatio="none" className={styles.trend} aria-hidden="true">
      <polyline points={points} />
    </svg>
  );
}
