import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AnswerBlock, Question } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { ReferenceChip } from "../ReferenceChip";
import styles from "./blocks.module.css";
import { BarBlock, TimeseriesBlock } from "./Charts";
import { TableBlock } from "./TableBlock";
import { TextBlock } from "./TextBlock";

export interface BlockContext {
  question: Question;
  onReference(id: string): void;
  onAsk(text: string, itemId: string | null): void;
}

export function titleOf(question: Question, id: string): string | undefined {
  return question.references.find((reference) => reference.id === id)?.title;
}

/** An answer, block by block, in the server's order. */
export function Blocks(context: BlockContext) {
  const { blocks } = context.question;
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
          title={titleOf(context.question, block.reference)}
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
            onClick={() => context.onAsk(candidate.question, candidate.item_id ?? null)}
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
            <ReferenceChip id={id} title={titleOf(context.question, id)} onOpen={context.onReference} />
            <span>{titleOf(context.question, id)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
