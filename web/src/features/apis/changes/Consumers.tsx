import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { StatusBadge } from "@/components/status/StatusBadge";
import type { ApiConsumer } from "@/lib/api/types";
import looks from "../apis.module.css";
import styles from "./changes.module.css";

/** What in force uses an API: tools, workflows, screens. */
export function Consumers({ users, hidden }: { users: readonly ApiConsumer[]; hidden: number }) {
  const { t } = useTranslation("apis");
  const kindName = useKindName();
  if (users.length === 0 && hidden === 0) return <p className={styles.note}>{t("changes.usersNone")}</p>;
  return (
    <>
      <ul className={styles.list}>
        {users.map(({ id, kind, name, breaks }) => (
          <li key={id}>
            <Link to="/assets/$assetId" params={{ assetId: id }} className={looks.link}>
              {name}
            </Link>
            <span className={styles.part}>{kindName(kind)}</span>
            {breaks ? <StatusBadge plain tone="critical" label={t("changes.userBreaks")} /> : null}
          </li>
        ))}
      </ul>
      {hidden === 0 ? null : <p className={styles.note}>{t("changes.hidden", { count: hidden })}</p>}
    </>
  );
}
