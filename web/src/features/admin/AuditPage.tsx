import { Button } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { api, dataOf } from "@/lib/api/client";
import type { AuditEntry, AuditVerification } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { useTimeRange } from "@/lib/time/use-range";
import { AuditDetails } from "./AuditDetails";
import { useAudit } from "./queries";

const column = columnsOf<AuditEntry>();

export default function AuditPage() {
  const { t } = useTranslation("admin");
  const { filters, set } = useFilters<{ action?: string | undefined }>();
  const { action } = filters;
  const { range } = useTimeRange();
  const audit = useAudit({ action, range });
  const { selected, select, clear } = useSelection();
  const chosen = audit.data?.find(({ id }) => id === selected);
  const none = <EmptyState kind="filtered" title={t("audit.none.title")} text={t("audit.none.text")} />;
  return (
    <Page fill header={<PageHeader title={t("audit.title")} text={t("audit.text")} actions={<Verify />} />}>
      <ListPanel
        label={t("audit.title")}
        query={audit}
        columns={useAuditColumns()}
        search={{ label: t("audit.action"), text: action, onSearch: (text) => set({ action: text }) }}
        filtered={action !== undefined}
        nothing={none}
        filteredOut={none}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
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
