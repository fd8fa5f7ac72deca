import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "@/components/chart/Chart";
import type { AnswerBlock } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { barShares } from "../model/answer";
import { ReferenceChip } from "../ReferenceChip";
import { type BlockContext, titleOf } from "./Blocks";
import styles from "./blocks.module.css";

type Of<T extends AnswerBlock["type"]> = Extract<AnswerBlock, { type: T }>;

export function BlockHead(props: { title: string; reference: string; context: BlockContext }) {
  const { title, reference, context } = props;
  return (
    <div className={styles.blockHead}>
      <h3 className={styles.label}>{title}</h3>
      <ReferenceChip id={reference} title={titleOf(context.answer, reference)} onOpen={context.onReference} />
    </div>
  );
}

export function TimeseriesBlock({ block, context }: { block: Of<"timeseries">; context: BlockContext }) {
  const lines = useMemo(
    () => block.series.map(({ name, points }) => ({ name, unit: block.unit, points })),
    [block],
  );
  return (
    <section className={styles.block}>
      <BlockHead title={block.title} reference={block.reference} context={context} />
      <Chart lines={lines} label={block.title} height={240} />
    </section>
  );
}

/** Bars with their words and numbers: read by eye and by machine alike. */
export function BarBlock({ block, context }: { block: Of<"chart">; context: BlockContext }) {
  const { i18n } = useTranslation("ask");
  const shares = barShares(block.values);
  return (
    <section className={styles.block}>
      <BlockHead title={block.title} reference={block.reference} context={context} />
      <ol className={styles.bars}>
        {block.labels.map((label, index) => (
          <li key={label}>
            <span className={styles.barLabel}>{label}</span>
            <span className={styles.barTrack} aria-hidden>
              <span className={styles.bar} style={{ width: `${shares[index] ?? 0}%` }} />
            </span>
            <span className="num">{showText(block.values[index] ?? null, block.unit, i18n.language)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
