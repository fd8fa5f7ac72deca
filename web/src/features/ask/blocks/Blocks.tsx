import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AnswerBlock, Question } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { ReferenceChip } from "../ReferenceChip";
import type { Wanted } from "../use-ask";
import styles from "./blocks.module.css";
import { BarBlock, TimeseriesBlock } from "./Charts";
import { Drawn } from "./Drawn";
import { HypothesesBlock } from "./Hypotheses";
import { NextActions } from "./NextActions";
import { TableBlock } from "./TableBlock";
import { TextBlock } from "./TextBlock";
import { TimelineBlock } from "./Timeline";

export interface BlockContext {
  answer: Pick<Question, "blocks" | "references"> & { language: string | null };
  onReference(id: string): void;
  onAsk(wanted: Wanted): void;
}

export function titleOf({ references }: BlockContext["answer"], id: string): string | undefined {
  return references.find((reference) => reference.id === id)?.title;
}

/** An answer, block by block, in the server's order. */
export function Blocks(context: BlockContext) {
  const { blocks } = context.answer;
  return (
    <div className={styles.blocks}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer never changes, and its blocks have no ids
        <Block key={index} block={block} context={context} />
      ))}
    </div>
  );
}

function Block({ block, context }: { block: AnswerBlock; context: BlockContext }) {
  switch (block.type) {
    case "markdown":
      return <TextBlock text={block.text} context={context} />;
    case "number":
      return <NumberBlock block={block} context={context} />;
    case "table":
      return <TableBlock block={block} context={context} />;
    case "timeseries":
      return <TimeseriesBlock block={block} context={context} />;
    case "chart":
      return <BarBlock block={block} context={context} />;
    case "graph":
    case "path":
      return <Drawn block={block} context={context} />;
    case "timeline":
      return <TimelineBlock block={block} context={context} />;
    case "hypotheses":
      return <HypothesesBlock block={block} context={context} />;
    case "next_actions":
      return <NextActions block={block} context={context} />;
    case "candidates":
      return <Candidates block={block} context={context} />;
    case "references":
      return <References block={block} context={context} />;
  }
}

type Of<T extends AnswerBlock["type"]> = Extract<AnswerBlock, { type: T }>;

function NumberBlock({ block, context }: { block: Of<"number">; context: BlockContext }) {
  const { i18n } = useTranslation("ask");
  const at = block.at === null || block.at === undefined ? null : new Date(block.at);
  return (
    <div className={styles.number}>
      <span className={styles.label}>{block.label}</span>
      <span className={`${styles.value} num`}>
        {block.shown}
        <ReferenceChip
          id={block.reference}
          title={titleOf(context.answer, block.reference)}
          onOpen={context.onReference}
        />
      </span>
      {at === null ? null : <span className={`${styles.note} num`}>{dateTime(at, i18n.language)}</span>}
    </div>
  );
}

function Candidates({ block, context }: { block: Of<"candidates">; context: BlockContext }) {
  const { t } = useTranslation("ask");
  return (
    <ul className={styles.candidates} aria-label={t("candidates")}>
      {block.candidates.map((candidate) => (
        <li key={`${candidate.item_id ?? ""} ${candidate.question}`}>
          <Button
            variant="default"
            onClick={() => context.onAsk({ text: candidate.question, itemId: candidate.item_id ?? null })}
          >
            {candidate.label}
          </Button>
          <span className={styles.note}>{candidate.detail}</span>
        </li>
      ))}
    </ul>
  );
}

function References({ block, context }: { block: Of<"references">; context: BlockContext }) {
  const { t } = useTranslation("ask");
  return (
    <section className={styles.references} aria-label={t("reference.all")}>
      <h3 className={styles.label}>{t("reference.all")}</h3>
      <ul>
        {block.references.map((id) => (
          <li key={id}>
            <ReferenceChip id={id} title={titleOf(context.answer, id)} onOpen={context.onReference} />
            <span>{titleOf(context.answer, id)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
