import { useTranslation } from "react-i18next";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import type { AnswerBlock } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import type { BlockContext } from "./Blocks";
import styles from "./blocks.module.css";
import { BlockHead } from "./Charts";

type Timeline = Extract<AnswerBlock, { type: "timeline" }>;

/** What happened, oldest first. */
export function TimelineBlock({ block, context }: { block: Timeline; context: BlockContext }) {
  const { t, i18n } = useTranslation("ask");
  const time = (text: string) => dateTime(new Date(text), i18n.language);
  return (
    <section className={styles.block}>
      <BlockHead title={block.title} reference={block.reference} context={context} />
      <ol className={styles.timeline}>
        {block.moments.map(({ time: at, until, label, kind, severity, item }) => (
          <li key={`${at} ${kind} ${label} ${item ?? ""}`}>
            <span className={`${styles.note} num`}>
              {time(at)}
              {until === null || until === undefined ? null : ` ${t("until", { time: time(until) })}`}
            </span>
            <span>
              {severity === undefined || severity === "" ? null : <SeverityBadge severity={severity} plain />}{" "}
              {label}
            </span>
            <span className={styles.note}>
              <code>{kind}</code> {item}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
