import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AssetVersion } from "@/lib/api/types";
import { StatusBadge } from "../status/StatusBadge";
import { TimeAgo } from "../status/TimeAgo";
import styles from "./lifecycle.module.css";

/** A version as every kind lists it; `fault` says why its content can no longer be read. */
export type VersionLine = AssetVersion & { fault?: string | null };

interface Props<V extends VersionLine> {
  versions: readonly V[];
  /** What stands for a version that nobody commented. */
  text?: (version: V) => ReactNode;
  onCompare?: (version: V, index: number) => void;
  onRollback?: ((version: V) => void) | undefined;
}

/** What was published, newest first. One that cannot be read is listed with its cause and cannot be put in force. */
export function VersionLines<V extends VersionLine>({ versions, text, onCompare, onRollback }: Props<V>) {
  const { t } = useTranslation("lifecycle");
  return (
    <ol className={styles.outcomes}>
      {versions.map((version, index) => (
        <li key={version.version}>
          <span className="num">{t("common:object.version", { version: version.version })}</span>
          <span className={styles.grow}>
            {version.comment === "" ? (text?.(version) ?? version.name) : version.comment}
            {version.fault ? <span className={styles.bad}>{version.fault}</span> : null}
            <span className={styles.note}>
              {version.created_by} · <TimeAgo at={version.created_at} /> ·{" "}
              <code>{version.content_hash.slice(0, 10)}</code>
            </span>
          </span>
          {version.is_published ? <StatusBadge plain tone="ok" label={t("versions.inForce")} /> : null}
          {onCompare === undefined ? null : (
            <Button size="compact-xs" variant="subtle" onClick={() => onCompare(version, index)}>
              {t("versions.what")}
            </Button>
          )}
          {onRollback === undefined || version.is_published || version.fault ? null : (
            <Button size="compact-xs" variant="default" onClick={() => onRollback(version)}>
              {t("step.rollback.do")}
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}
