import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "../status/StatusBadge";
import { TimeAgo } from "../status/TimeAgo";
import styles from "./page.module.css";

export type Lifecycle = "draft" | "published" | "changed" | "archived";

const tones = { draft: "idle", published: "ok", changed: "info", archived: "idle" } as const;

interface Props {
  name: string;
  lifecycle: Lifecycle;
  version: number | null;
  owner?: string | null;
  /** How many other objects use this one. */
  usedBy?: number | null;
  updatedAt?: string | null;
  /** Opens the history; usually a button or a link. */
  history?: ReactNode;
  actions?: ReactNode;
}

/** The same head for every versioned object: name, draft or published, version, owner, used by, history. */
export function ObjectHeader({
  name,
  lifecycle,
  version,
  owner,
  usedBy,
  updatedAt,
  history,
  actions,
}: Props) {
  const { t } = useTranslation("common");
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <div className={styles.titleRow}>
          <h1 className={styles.title}>{name}</h1>
          <StatusBadge tone={tones[lifecycle]} label={t(`lifecycle.${lifecycle}`)} />
          {version === null ? null : (
            <span className={`${styles.panelNote} num`}>{t("object.version", { version })}</span>
          )}
        </div>
        <div className={styles.facts}>
          {owner === null || owner === undefined ? null : <span>{t("object.owner", { owner })}</span>}
          {usedBy === null || usedBy === undefined ? null : (
            <span className="num">{t("object.usedBy", { count: usedBy })}</span>
          )}
          {updatedAt === null || updatedAt === undefined ? null : (
            <span>
              {t("object.changed")} <TimeAgo at={updatedAt} />
            </span>
          )}
          {history}
        </div>
      </div>
      <div className={styles.actions}>{actions}</div>
    </header>
  );
}
