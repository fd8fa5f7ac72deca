import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { FailedState } from "@/components/state/FailedState";
import { Waiting } from "@/components/state/Waiting";
import { dataOf } from "@/lib/api/client";
import type { AnswerBlock, Question } from "@/lib/api/types";
import styles from "../data.module.css";
import { asText } from "../model/template";
import { usePage } from "../page";
import { question } from "../queries";
import type { Of } from "../types";
import { useWords } from "../use-bound";

/** The answer to a question in short; the whole of it, with its evidence, is a click away. */
export function AnswerPart({ node }: { node: Of<"answer"> }) {
  const { t } = useTranslation("screens");
  const { api } = usePage();
  const text = useWords(node.question);
  const answer = useQuery({
    queryKey: ["screen", "answer", text],
    queryFn: async ({ signal }) =>
      (await dataOf(api.POST("/api/v1/questions", { body: question(text), signal }))) as unknown as Question,
    enabled: text !== "",
    staleTime: 60_000,
  });
  if (answer.error !== null && answer.data === undefined)
    return <FailedState compact error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Waiting lines={3} />;
  return (
    <section className={styles.answer} aria-label={text}>
      <h3>{text}</h3>
      {answer.data.blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks of a stored answer do not move
        <BlockPart key={at} block={block} />
      ))}
      <Link to="/ask/$questionId" params={{ questionId: answer.data.id } as never}>
        {t("evidence")}
      </Link>
    </section>
  );
}

function BlockPart({ block }: { block: AnswerBlock }) {
  switch (block.type) {
    case "markdown":
      return <p className={styles.said}>{emphasised(block.text.replace(/\s*\[r\d+\]/g, ""))}</p>;
    case "number":
      return (
        <p className={styles.number}>
          {block.shown} <small>{block.label}</small>
        </p>
      );
    case "table":
      return (
        <div className={styles.tableScroll}>
          <table className={styles.table} aria-label={block.title}>
            <thead>
              <tr>
                {block.columns.map(({ key, label }) => (
                  <th key={key} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.slice(0, 20).map((row, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a stored answer do not move
                <tr key={at}>
                  {block.columns.map(({ key }) => (
                    <td key={key}>{asText(row[key])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return null;
  }
}

/** Answers mark numbers with two stars, also in the middle of Korean words, which Markdown does not take for emphasis. */
function emphasised(text: string) {
  return text.split(/\*\*(.+?)\*\*/).map((part, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text do not move
    at % 2 === 1 ? <strong key={at}>{part}</strong> : part,
  );
}
