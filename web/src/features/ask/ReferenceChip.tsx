import { useTranslation } from "react-i18next";
import styles from "./ask.module.css";

interface Props {
  id: string;
  title?: string | undefined;
  onOpen(id: string): void;
}

/** The mark behind a number that leads to the query it came from. */
export function ReferenceChip({ id, title, onOpen }: Props) {
  const { t } = useTranslation("ask");
  return (
    <button
      type="button"
      className={styles.chip}
      title={title}
      aria-label={t("reference.open", { id, name: title ?? id })}
      onClick={() => onOpen(id)}
    >
      {id}
    </button>
  );
}
