import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { SystemHealth } from "@/lib/api/types";

type Component = SystemHealth["components"][number];
const column = columnsOf<Component>();

/** The parts that run in the background, and what last went wrong in each. */
export function ComponentsPanel({ components }: { components: Component[] }) {
  const { t } = useTranslation("admin");
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor("name", {
          header: t("field.name"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("running", {
          header: t("field.state"),
          cell: ({ getValue }) => (
            <StatusBadge
              tone={getValue() ? "ok" : "critical"}
              label={getValue() ? t("components.running") : t("components.stopped")}
            />
          ),
        }),
        column.accessor("restarts", { header: t("components.restarts"), meta: { align: "end" } }),
        column.accessor("last_error", {
          header: t("components.error"),
          cell: ({ getValue }) => getValue() ?? "–",
        }),
      ]),
    [t],
  );
  return (
    <Panel title={t("components.title")}>
      <DataTable
        label={t("components.title")}
        columns={columns}
        rows={components}
        rowId={({ name }) => name}
      />
    </Panel>
  );
}
