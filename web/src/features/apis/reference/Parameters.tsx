import { useTranslation } from "react-i18next";
import type { ApiParameter } from "@/lib/api/types";
import { rangeOf } from "../model/reference";
import styles from "./reference.module.css";

/** What a call takes, parameter by parameter. */
export function Parameters({ parameters }: { parameters: readonly ApiParameter[] }) {
  const { t } = useTranslation("apis");
  if (parameters.length === 0) return <p className={styles.note}>{t("reference.noParameters")}</p>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("field.name")}</th>
            <th scope="col">{t("field.type")}</th>
            <th scope="col">{t("field.where")}</th>
            <th scope="col">{t("field.description")}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map((parameter) => (
            <Row key={parameter.name} parameter={parameter} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ parameter }: { parameter: ApiParameter }) {
  const { t } = useTranslation("apis");
  const { name, type, where, required, default: standard, description } = parameter;
  const choices = parameter.enum ?? [];
  const range = rangeOf(parameter);
  const bare = standard === null || standard === undefined;
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
        {bare && (required || where === "path") ? ` (${t("reference.required")})` : ""}
      </th>
      <td>{t(`type.${type ?? "string"}`)}</td>
      <td>{t(`place.${where ?? "query"}`)}</td>
      <td>
        {[
          description ?? "",
          choices.join(", "),
          range === null ? "" : t("reference.range", range),
          bare ? "" : t("reference.default", { value: String(standard) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </td>
    </tr>
  );
}
