import { IconAlertTriangle, IconFlame } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SqlPlan, SqlPlanNode } from "@/lib/api/types";
import { linesOf } from "../model/plan";
import styles from "./plan.module.css";

/** A plan as a tree: each step with its part of the time, rows as estimated and as they were, and what is worth a word. */
export function PlanTree({ plan }: { plan: SqlPlan }) {
  const { t, i18n } = useTranslation("apis");
  const figure = (value: number | null | undefined, digits = 0) =>
    value == null ? "–" : value.toLocaleString(i18n.language, { maximumFractionDigits: digits });
  return (
    <div className={styles.scroll}>
      <table className={styles.plan} aria-label={t("plan.title")}>
        <thead>
          <tr>
            <th scope="col">{t("plan.step")}</th>
            <th scope="col">{plan.measured ? t("plan.time") : t("plan.share")}</th>
            <th scope="col">{t("plan.estimated")}</th>
            <th scope="col">{t("plan.actual")}</th>
            <th scope="col">{t("plan.cost")}</th>
          </tr>
        </thead>
        <tbody>
          {linesOf(plan.root).map(({ node, depth }) => (
            <tr key={node.id} data-worst={node.is_worst || undefined}>
              <td style={{ paddingInlineStart: 12 + depth * 18 }}>
                <Step node={node} />
              </td>
              <td className="num">
                <Part node={node} text={plan.measured ? `${figure(node.ms, 2)} ms` : ""} />
              </td>
              <td className="num">{figure(node.rows_estimated)}</td>
              <td className="num">{figure(node.rows_actual)}</td>
              <td className="num">{figure(node.cost, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Step({ node }: { node: SqlPlanNode }) {
  const { t, i18n } = useTranslation("apis");
  const shown = (values: Record<string, string | number>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === "number" ? value.toLocaleString(i18n.language) : value,
      ]),
    );
  return (
    <>
      <strong>{node.label}</strong> <code>{node.relation}</code>
      {node.is_worst ? (
        <span className={styles.worst}>
          <IconFlame size={14} aria-hidden /> {t("plan.worst")}
        </span>
      ) : null}
      {node.warnings.map(({ code, values }) => (
        <div key={code} className={styles.warning}>
          <IconAlertTriangle size={14} aria-hidden /> {t(`plan.warning.${code}`, shown(values ?? {}))}
        </div>
      ))}
      {node.details.map((detail) => (
        <div key={detail} className={styles.detail}>
          {detail}
        </div>
      ))}
    </>
  );
}

function Part({ node: { share }, text }: { node: SqlPlanNode; text: string }) {
  if (share == null) return <>{text === "" ? "–" : text}</>;
  const percent = Math.round(share * 100);
  return (
    <span className={styles.part}>
      <span className={styles.bar} aria-hidden>
        <span style={{ inlineSize: `${percent}%` }} />
      </span>
      {text} {percent}%
    </span>
  );
}
