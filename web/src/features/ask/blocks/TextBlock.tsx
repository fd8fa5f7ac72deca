import { paragraphsOf, type Span } from "../model/text";
import { ReferenceChip } from "../ReferenceChip";
import { type BlockContext, titleOf } from "./Blocks";
import styles from "./blocks.module.css";

/** Text with the references in it as links. Its parts never move, so their place is their key. */
export function TextBlock({ text, context }: { text: string; context: BlockContext }) {
  const known = new Set(context.answer.references.map(({ id }) => id));
  const spans = (line: Span[]) =>
    line.map((span, at) => <SpanShown key={at.toString()} span={span} context={context} />);
  return (
    <div className={styles.text} lang={context.answer.language ?? undefined}>
      {paragraphsOf(text, known).map((paragraph, index) =>
        paragraph.kind === "text" ? (
          <p key={index.toString()}>{spans(paragraph.spans)}</p>
        ) : (
          <ul key={index.toString()}>
            {paragraph.items.map((item, at) => (
              <li key={at.toString()}>{spans(item)}</li>
            ))}
          </ul>
        ),
      )}
    </div>
  );
}

function SpanShown({ span, context }: { span: Span; context: BlockContext }) {
  switch (span.kind) {
    case "text":
      return span.text;
    case "strong":
      return <strong className="num">{span.text}</strong>;
    case "code":
      return <code>{span.text}</code>;
    case "reference":
      return (
        <ReferenceChip id={span.id} title={titleOf(context.answer, span.id)} onOpen={context.onReference} />
      );
  }
}
