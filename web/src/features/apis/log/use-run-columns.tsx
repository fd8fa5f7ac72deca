import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import type { ApiRunLog } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { statusTone } from "../model/results";
import styles from "./log.module.css";

const column = columnsOf<ApiRunLog>();

/** The columns of a list of calls; of one API its name is left out. */
export function useRunColumns(ofOne: boolean) {
  const { t, i18n } = useTranslation("apilog");
  return useMemo(
    () =>
      column.columns([
        column.accessor("at", {
          header: t("field.at"),
          meta: { width: 170 },
          cell: ({ getValue }) => (
            <span className="num">{dateTime(new Date(getValue()), i18n.language)}</span>
          ),
        }),
        column.accessor("status", {
          header: t("field.status"),
          meta: { width: ofOne ? 70 : 240 },
          cell: ({ row: { original: run } }) => (
            <>
              <StatusBadge plain tone={statusTone(run.status)} label={String(run.status)} />
              {ofOne ? null : <code className={styles.code}>{run.code}</code>}
            </>
          ),
        }),
        ...(ofOne
          ? []
          : [
              column.accessor("api_name", {
                header: t("field.api"),
                cell: ({ row: { original: run } }) =>
                  run.api_name === "" ? <code>{`/runtime/${run.path}`}</code> : run.api_name,
              }),
            ]),
        column.accessor("version", {
          header: t("field.version"),
          meta: { width: 70 },
          cell: ({ row: { original: run } }) =>
            run.api_id === null
              ? "–"
              : run.version === 0
                ? t("draft")
                : t("common:object.version", { version: run.version }),
        }),
        column.accessor("actor_name", { header: t("field.caller") }),
        column.accessor("rows", { header: t("field.rows"), meta: { align: "end", width: 80 } }),
        column.accessor("total_ms", {
          header: t("field.time"),
          meta: { align: "end", width: 90 },
          cell: ({ getValue }) => showText(getValue(), "ms", i18n.language),
        }),
      ]),
    [t, i18n.language, ofOne],
  );
}
