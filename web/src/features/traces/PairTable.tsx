import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { SpanPair } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { changeTone } from "./looks";
import styles from "./traces.module.css";

interface Props {
  pairs: readonly SpanPair[];
  before: string;
  after: string;
}

/** The pairs as a table; each side's time leads to its span. */
export function PairTable({ pairs, before, after }: Props) {
  const { t } = useTranslation("traces");
  const frame = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: pairs.length,
    getScrollElement: () => frame.current,
    estimateSize: () => 30,
    overscan: 10,
  });
  const items = virtualizer.getVirtualItems();
  const rest = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={frame} className={styles.pairs} tabIndex={0} aria-label={t("compare.spans")}>
      <table aria-rowcount={pairs.length}>
        <thead>
          <tr>
            {(["span", "change", "before", "after", "values"] as const).map((name) => (
              <th key={name} scope="col">
                {t(`compare.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr style={{ height: items[0]?.start ?? 0 }} aria-hidden />
          {items.map(({ index }) => {
            const pair = pairs[index];
            return pair === undefined ? null : (
              <tr key={index}>
                <td style={{ paddingInlineStart: 8 + Math.min(pair.depth, 24) * 12 }}>{pair.name}</td>
                <td>
                  <StatusBadge plain tone={changeTone[pair.change]} label={t(`change.${pair.change}`)} />
                </td>
                <td className="num">
                  <Time trace={before} span={pair.before_id} ms={pair.before_ms} />
                </td>
                <td className="num">
                  <Time trace={after} span={pair.after_id} ms={pair.after_ms} />
                </td>
                <td>
                  {pair.values
                    .map((value) => `${value.name}: ${String(value.before)} → ${String(value.after)}`)
                    .join(", ")}
                </td>
              </tr>
            );
          })}
          <tr style={{ height: Math.max(0, rest) }} aria-hidden />
        </tbody>
      </table>
    </section>
  );
}

function Time({ trace, span, ms }: { trace: string; span: string | null; ms: number | null }) {
  const { i18n } = useTranslation();
  if (span === null || ms === null) return "–";
  return (
    <Link
      className={styles.link}
      to="/traces/$traceId"
      params={{ traceId: trace }}
      search={{ selected: span }}
    >
      {showText(ms, "ms", i18n.language)}
    </Link>
  );
}
