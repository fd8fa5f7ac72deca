import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page, PageHeader } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import { api } from "@/lib/api/client";
import type { LoginSession } from "@/lib/api/types";
import { agentName } from "./agent";
import { useSessions } from "./queries";

const column = columnsOf<LoginSession>();

/** Where one is signed in, and the way to end it elsewhere. */
export default function SessionsPage() {
  const { t } = useTranslation("admin");
  const client = useQueryClient();
  const sessions = useSessions();
  const end = useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const columns = useSessionColumns(end.mutate);
  return (
    <Page fill header={<PageHeader title={t("sessions.title")} text={t("sessions.text")} />}>
      <ProblemNotice error={end.error} />
      <Panel fill>
        <StateView query={sessions}>
          {(rows) => (
            <DataTable
              label={t("sessions.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              paging={sessions}
            />
          )}
        </StateView>
      </Panel>
    </Page>
  );
}

function useSessionColumns(end: (id: string) => void) {
  const { t } = useTranslation("admin");
  return useMemo(
    () =>
      column.columns([
        column.accessor("agent", {
          header: t("sessions.agent"),
          cell: ({ getValue }) => agentName(getValue()),
        }),
        column.accessor("address", {
          header: t("sessions.address"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("last_seen_at", {
          header: t("sessions.seen"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.accessor("created_at", {
          header: t("sessions.begun"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.accessor("expires_at", {
          header: t("sessions.ends"),
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
        column.display({
          id: "end",
          header: "",
          meta: { align: "end" },
          cell: ({ row: { original } }) =>
            original.current ? (
              <StatusBadge tone="ok" label={t("sessions.current")} />
            ) : (
              <Button variant="subtle" color="danger" size="compact-xs" onClick={() => end(original.id)}>
                {t("sessions.end")}
              </Button>
            ),
        }),
      ]),
    [t, end],
  );
}
