import { useTranslation } from "react-i18next";
import { fieldsOf } from "../model/reference";
import styles from "./reference.module.css";

/** What an answer holds, field by field. */
export function Fields({ schema }: { schema: unknown }) {
  const { t } = useTranslation("apis");
  const fields = fieldsOf(schema);
  if (fields.length === 0) return null;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("reference.field")}</th>
            <th scope="col">{t("field.type")}</th>
            <th scope="col">{t("field.description")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, type, nullable, description }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>
                {type}
                {nullable ? `, ${t("reference.nullable")}` : ""}
              </td>
              <td>{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
