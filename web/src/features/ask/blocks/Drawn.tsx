import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Waiting } from "@/components/state/Waiting";
import type { AnswerBlock } from "@/lib/api/types";
import type { BlockContext } from "./Blocks";
import styles from "./blocks.module.css";
import { BlockHead } from "./Charts";

export type DrawnBlock = Extract<AnswerBlock, { type: "graph" | "path" }>;
const ItemsGraph = lazy(() => import("./ItemsGraph"));

/** Items and their relations, drawn, and the same in words for those who do not see the drawing. */
export function Drawn({ block, context }: { block: DrawnBlock; context: BlockContext }) {
  const { t } = useTranslation("ask");
  const names = new Map(block.nodes.map(({ id, name }) => [id, name]));
  return (
    <section className={styles.block}>
      <BlockHead title={block.title} reference={block.reference} context={context} />
      {block.nodes.length === 0 ? null : (
        <Suspense fallback={<Waiting lines={6} />}>
          <ItemsGraph block={block} />
        </Suspense>
      )}
      {block.type === "path" ? <p className={styles.note}>{t("graph.hops", { count: block.hops })}</p> : null}
      {block.type === "graph" && block.truncated === true ? (
        <p className={styles.note}>{t("graph.truncated")}</p>
      ) : null}
      <details className={styles.words}>
        <summary>{t("graph.words", { count: block.edges.length })}</summary>
        <ul>
          {block.edges.map((edge) => (
            <li key={`${edge.source} ${edge.type} ${edge.target}`}>
              {names.get(edge.source) ?? edge.source} <code>{edge.type}</code>{" "}
              {names.get(edge.target) ?? edge.target}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
