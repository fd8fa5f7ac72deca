import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { Tone } from "@/theme/status";
import { toneColor } from "@/theme/status";
import styles from "../data.module.css";
import { evaluateEach } from "../model/evaluate";
import { asText, readTemplate } from "../model/template";
import { useAround, usePage } from "../page";
import { inputOf } from "../resolve";
import type { Of } from "../types";
import { useRows, useWords } from "../use-bound";
import { Nothing, Problem } from "./containers";

type Row = Record<string, unknown>;

/** A template's text for every item, each expression asked once for the whole list. */
function useTexts(template: string, items: readonly Row[]): string[] {
  const { store } = usePage();
  const around = useAround();
  const [texts, setTexts] = useState<string[]>([]);
  useEffect(() => {
    let current = true;
    const pieces = readTemplate(template)?.pieces ?? [template];
    const inputs = items.map((item, index) => inputOf(store, { ...around, item, index }));
    const values = pieces.map(async (piece, at) => {
      if (at % 2 === 0) return items.map(() => piece);
      const found = await evaluateEach(piece, inputs);
      return "value" in found ? (found.value as unknown[]).map(asText) : items.map(() => "");
    });
    void Promise.all(values).then(
      (columns) =>
        current && setTexts(items.map((_, at) => columns.map((column) => column[at] ?? "").join(""))),
    );
    return () => {
      current = false;
    };
  }, [template, items, store, around]);
  return texts;
}

const known: readonly string[] = ["ok", "info", "warn", "critical", "idle"];
const toneOf = (text: string | undefined): Tone => (known.includes(text ?? "") ? (text as Tone) : "idle");

export function ListPart({ node }: { node: Of<"list"> }) {
  const label = useWords(node.label);
  const empty = useWords(node.empty);
  const { rows, ready, problem } = useRows(node.items);
  const shown = useMemo(() => rows.slice(0, node.most ?? 200), [rows, node.most]);
  const titles = useTexts(plainOf(node.title ?? "{{ item }}"), shown);
  const texts = useTexts(node.text ?? "", shown);
  const tones = useTexts(node.tone ?? "", shown);
  if (problem !== null) return <Problem text={problem} />;
  if (ready && shown.length === 0) return <Nothing text={empty} />;
  return (
    <ul className={styles.list} aria-label={label}>
      {shown.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items of any shape have no name of their own
        <li key={at}>
          {node.tone ? (
            <span className={styles.dot} style={{ background: toneColor(toneOf(tones[at])) }} />
          ) : null}
          <span className={styles.listTitle}>{titles[at] ?? asText(item["value"])}</span>
          {texts[at] ? <span className={styles.listText}>{texts[at]}</span> : null}
        </li>
      ))}
    </ul>
  );
}

/** A list of plain values has them under `value`. */
function plainOf(template: string): string {
  return template === "{{ item }}" ? "{{ $exists(item.value) ? item.value : item }}" : template;
}

export function TimelinePart({ node }: { node: Of<"timeline"> }) {
  const label = useWords(node.label);
  const empty = useWords(node.empty);
  const { rows, ready, problem } = useRows(node.items);
  const times = useTexts(node.time ?? "{{ item.time }}", rows);
  const titles = useTexts(node.title ?? "{{ item.title }}", rows);
  const texts = useTexts(node.text ?? "", rows);
  const tones = useTexts(node.tone ?? "", rows);
  if (problem !== null) return <Problem text={problem} />;
  if (ready && rows.length === 0) return <Nothing text={empty} />;
  return (
    <ol className={styles.timeline} aria-label={label}>
      {rows.map((_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items of any shape have no name of their own
        <li key={at}>
          <span className={styles.dot} style={{ background: toneColor(toneOf(tones[at])) }} />
          <span className={styles.when}>
            {Number.isNaN(Date.parse(times[at] ?? "")) ? times[at] : <TimeAgo at={times[at] ?? ""} />}
          </span>
          <span className={styles.listTitle}>{titles[at]}</span>
          {texts[at] ? <span className={styles.listText}>{texts[at]}</span> : null}
        </li>
      ))}
    </ol>
  );
}

const levelTones: Record<string, Tone> = {
  error: "critical", critical: "critical", fatal: "critical", warn: "warn", warning: "warn", info: "info",
}; // biome-ignore format: one line

export function LogPart({ node }: { node: Of<"log"> }) {
  const { t } = useTranslation("screens");
  const label = useWords(node.label);
  const { rows, ready, problem } = useRows(node.rows);
  const frame = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    void rows; // with every new line
    if (atEnd.current && frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight;
  }, [rows]);
  if (problem !== null) return <Problem text={problem} />;
  if (ready && rows.length === 0) return <Nothing text="" />;
  return (
    <section
      ref={frame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      aria-label={label || t("log")}
      className={styles.log}
      style={{ height: node.height ?? 320 }}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {rows.slice(-1000).map((row, at) => {
        const level = node.level ? asText(row[node.level]) : "";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
          <div key={at} className={styles.logLine}>
            <span className={styles.when}>{asText(row[node.time ?? "time"])}</span>
            {level === "" ? null : (
              <StatusBadge plain tone={levelTones[level.toLowerCase()] ?? "idle"} label={level} />
            )}
            <span>{asText(row[node.text ?? "text"])}</span>
          </div>
        );
      })}
    </section>
  );
}
