import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { AnswerBlock } from "@/lib/api/types";
import { ReferenceChip } from "../ReferenceChip";
import { type BlockContext, titleOf } from "./Blocks";
import styles from "./blocks.module.css";
import { BlockHead } from "./Charts";

type Hypotheses = Extract<AnswerBlock, { type: "hypotheses" }>;
type Hypothesis = Hypotheses["hypotheses"][number];
const tones = { high: "warn", medium: "info", low: "idle" } as const;

/** What may have caused it, the likeliest first, each with what speaks for and against it. */
export function HypothesesBlock({ block, context }: { block: Hypotheses; context: BlockContext }) {
  const { t } = useTranslation("ask");
  return (
    <section className={styles.block}>
      <BlockHead title={block.title} reference={block.reference} context={context} />
      <p className={styles.note}>{t("hypothesis.symptom", { what: block.symptom })}</p>
      {block.observed ? null : <p className={styles.note}>{t("hypothesis.unobserved")}</p>}
      <ol className={styles.hypotheses}>
        {block.hypotheses.map((one) => (
          <li key={`${one.item_id} ${one.statement}`}>
            <One hypothesis={one} context={context} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function One({ hypothesis, context }: { hypothesis: Hypothesis; context: BlockContext }) {
  const { t } = useTranslation("ask");
  const { statement, confidence, share, path } = hypothesis;
  return (
    <article>
      <header>
        <strong>{statement}</strong>
        <StatusBadge tone={tones[confidence]} label={t(`confidence.${confidence}`)} />
        <meter min={0} max={1} value={share} aria-label={t("hypothesis.share")} />
        <span className={`${styles.note} num`}>
          {t("hypothesis.shareOf", { share: Math.round(share * 100) })}
        </span>
      </header>
      {path.length < 2 ? null : <p className={styles.note}>{path.join(" → ")}</p>}
      <Findings label={t("hypothesis.supports")} found={hypothesis.supports} side="for" context={context} />
      <Findings
        label={t("hypothesis.contradicts")}
        found={hypothesis.contradicts}
        side="against"
        context={context}
      />
    </article>
  );
}

function Findings(props: {
  label: string;
  found: Hypothesis["supports"];
  side: "for" | "against";
  context: BlockContext;
}) {
  const { label, found, side, context } = props;
  if (found.length === 0) return null;
  const Icon = side === "for" ? IconPlus : IconMinus;
  return (
    <ul aria-label={label} data-side={side}>
      {found.map(({ text, reference }) => (
        <li key={text}>
          <Icon size={14} aria-hidden /> {text}{" "}
          <ReferenceChip
            id={reference}
            title={titleOf(context.answer, reference)}
            onOpen={context.onReference}
          />
        </li>
      ))}
    </ul>
  );
}
