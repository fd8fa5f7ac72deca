import { IconBellOff } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Alert } from "@/lib/api/types";
import styles from "./alerts.module.css";
import { toneOf } from "./model/alerts";

const column = columnsOf<Alert>();

/** Shown in columns of their own. */
const elsewhere = new Set(["alertname", "severity"]);

/** `narrow`: beside the details of one alert there is room for what tells alerts apart. */
export function useAlertColumns(narrow: boolean) {
  const { t } = useTranslation("alerts");
  return useMemo(
    () =>
      column.columns([
        column.accessor("severity", {
          header: t("field.severity"),
          meta: { width: 100 },
          cell: ({ getValue }) => <SeverityBadge severity={getValue()} />,
        }),
        column.accessor("state", {
          header: t("field.state"),
          meta: { width: 140 },
          cell: ({ row: { original } }) => <StateCell alert={original} />,
        }),
        column.accessor("title", {
          header: t("field.title"),
          cell: ({ row: { original } }) => (
            <>
              {original.title}
              <span className={styles.labels}>
                {Object.entries(original.labels)
                  .filter(([name]) => !elsewhere.has(name))
                  .map(([name, value]) => (
                    <span key={name}>
                      {name}={value}
                    </span>
                  ))}
              </span>
            </>
          ),
        }),
        ...(narrow
          ? []
          : [
              column.accessor("rule_name", { header: t("field.rule"), meta: { width: 160 } }),
              column.accessor("assignee", { header: t("field.assignee"), meta: { width: 110 } }),
            ]),
        column.accessor("started_at", {
          header: t("field.started"),
          meta: { width: 110 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t, narrow],
  );
}

function StateCell({ alert }: { alert: Alert }) {
  const { t } = useTranslation("alerts");
  const muted = alert.muted_by?.[0];
  return (
    <span className={styles.state}>
      <StatusBadge plain tone={toneOf(alert.state)} label={t(`state.${alert.state}`)} />
      {muted === undefined ? null : (
        <span className={styles.muted} title={`${t(`muted.${muted.kind}`)}: ${muted.name}`}>
          <IconBellOff size={14} aria-hidden />
          {t(`muted.${muted.kind}`)}
        </span>
      )}
    </span>
  );
}
