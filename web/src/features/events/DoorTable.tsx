import { useTranslation } from "react-i18next";
import { TimeAgo } from "@/components/status/TimeAgo";
import type { EventDoor } from "@/lib/api/types";
import styles from "./sources.module.css";

interface DoorRow {
  id: string;
  name: string;
  note: string;
  counts: EventDoor["counts"];
}

const numbers = ["accepted", "duplicates", "refused"] as const;

/** Ways in, with what came by each. */
export function DoorTable({
  label,
  rows,
  onOpen,
}: {
  label: string;
  rows: DoorRow[];
  onOpen(id: string): void;
}) {
  const { t, i18n } = useTranslation("events");
  return (
    <div className={styles.scroll}>
      <table className={styles.doors} aria-label={label}>
        <thead>
          <tr>
            <th>{t("sources.name")}</th>
            <th>{t("sources.kind")}</th>
            {numbers.map((name) => (
              <th key={name} className={styles.number}>
                {t(`sources.${name}`)}
              </th>
            ))}
            <th>{t("sources.last")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, name, note, counts }) => (
            <tr key={id}>
              <td>
                <button type="button" className={styles.open} onClick={() => onOpen(id)}>
                  {name}
                </button>
              </td>
              <td>{note}</td>
              {numbers.map((key) => (
                <td key={key} className={styles.number} data-bad={key === "refused" && counts[key] > 0}>
                  {counts[key].toLocaleString(i18n.language)}
                </td>
              ))}
              <td>{counts.last_at == null ? "–" : <TimeAgo at={counts.last_at} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
