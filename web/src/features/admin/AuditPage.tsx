import { Button } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import { api, dataOf } from "@/lib/api/client";
import type { AuditEntry, AuditVerification } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import { AuditDetails } from "./AuditDetails";
import { useAudit } from "./queries";

const column = columnsOf<AuditEntry>();

export default function AuditPage() {
  const { t } = useTranslation("admin");
  const { action }: { action?: string | undefined } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { range } = useTimeRange();
  const audit = useAudit({ action, range });
  const { selected, select, clear } = useSelection();
  const columns = useAuditColumns();
  const chosen = audit.data?.find(({ id }) => id === selected);
  const filter = (text: string) =>
    void navigate({ to: ".", search: (kept) => ({ ...kept, action: text === "" ? undefined : text }) });
  return (
    <Page fill header={<PageHeader title={t("audit.title")} text={t("audit.text")} actions={<Verify />} />}>
      <Toolbar>
        <SearchInput key={action ?? ""} value={action ?? ""} label={t("audit.action")} onSearch={filter} />
      </Toolbar>
      <Panel fill>
        <StateView
          query={audit}
          isEmpty={(rows) => rows.length === 0}
          empty={<EmptyState kind="filtered" title={t("audit.none.title")} text={t("audit.none.text")} />}
        >
          {(rows) => (
            <DataTable
              label={t("audit.title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              selectedId={selected}
              onOpen={openSelected(select)}
              paging={audit}
            />
          )}
        </StateView>
      </Panel>
      {chosen === undefined ? null : <AuditDetails key={chosen.id} entry={chosen} onClose={clear} />}
    </Page>
  );
}

function useAuditColumns() {
  const { t, i18n } = useTranslation("admin");
  return useMemo(
    () =>
      column.columns([
        column.accessor("at", {
          header: t("audit.at"),
          cell: ({ getValue }) => (
            <span className="num">{dateTime(new Date(getValue()), i18n.language)}</span>
          ),
        }),
        column.accessor("actor", { header: t("audit.actor"), cell: ({ getValue }) => getValue().name }),
        column.accessor("action", {
          header: t("audit.action"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("target", {
          header: t("audit.target"),
          cell: ({ getValue }) => (
            <span>
              {getValue().kind} <code>{getValue().id.slice(0, 13)}</code>
            </span>
          ),
        }),
        column.accessor("seq", { header: t("audit.seq"), meta: { align: "end" } }),
      ]),
    [t, i18n.language],
  );
}

/** Recomputes the chain of hashes on the server and says whether it is whole. */
function Verify() {
  const { t } = useTranslation("admin");
  const verify = useMutation({
    mutationFn: () => dataOf<AuditVerification>(api.GET("/api/v1/audit/verification")),
  });
  const { data, error } = verify;
  return (
    <>
      <ProblemNotice error={error} />
      {data === undefined ? null : (
        <StatusBadge
          tone={data.intact ? "ok" : "critical"}
          label={
            data.intact
              ? t("audit.intact", { count: data.entries })
              : t("audit.broken", { seq: data.broken_seq, reason: data.reason })
          }
        />
      )}
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        {t("audit.verify")}
      </Button>
    </>
  );
}
