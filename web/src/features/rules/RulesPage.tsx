import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import type { Rule } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { useOpen } from "@/lib/navigation/use-open";
import { useMay } from "@/lib/query/me";
import { decidesText, healthOf, healthTones, watchedText } from "./model";
import { useRules } from "./queries";

const column = columnsOf<Rule>();

export default function RulesPage() {
  const { t } = useTranslation("rules");
  const may = useMay();
  const { filters, set } = useFilters<{ q?: string | undefined }>();
  const { q } = filters;
  useLiveRefresh("alerts", ["rules", "list"], 2000);
  const create = may("rules.write") ? (
    <Button component={Link} to="/rules/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("new")}
    </Button>
  ) : null;
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} actions={create} />}>
      <ListPanel
        label={t("title")}
        query={useRules(q)}
        columns={useRuleColumns()}
        search={{ label: t("search"), text: q, onSearch: (text) => set({ q: text }) }}
        filtered={q !== undefined}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        filteredOut={<EmptyState kind="filtered" title={t("none.title")} text={t("none.text")} />}
        onOpen={useOpen<Rule>(({ id }) => ({ to: "/rules/$ruleId", params: { ruleId: id } }))}
      />
    </Page>
  );
}

function useRuleColumns() {
  const { t } = useTranslation("rules");
  return useMemo(
    () =>
      column.columns([
        column.accessor("name", { header: t("field.name") }),
        column.display({
          id: "health",
          header: t("field.state"),
          meta: { width: 150 },
          cell: ({ row }) => {
            const health = healthOf(row.original);
            return <StatusBadge plain tone={healthTones[health]} label={t(`health.${health}`)} />;
          },
        }),
        column.display({
          id: "kind",
          header: t("field.kind"),
          meta: { width: 120 },
          cell: ({ row }) => t(`kind.${row.original.definition.kind}.name`),
        }),
        column.display({
          id: "severity",
          header: t("field.severity"),
          meta: { width: 110 },
          cell: ({ row }) => <SeverityBadge severity={row.original.definition.severity ?? "warning"} />,
        }),
        column.display({
          id: "watches",
          header: t("field.watches"),
          cell: ({ row }) => <code>{watchedText(row.original.definition)}</code>,
        }),
        column.display({
          id: "decides",
          header: t("field.condition"),
          cell: ({ row }) => <code>{decidesText(row.original.definition)}</code>,
        }),
        column.display({
          id: "fired",
          header: t("field.fired"),
          meta: { align: "end", width: 90 },
          cell: ({ row }) => row.original.in_force?.fired ?? 0,
        }),
        column.accessor("updated_at", {
          header: t("field.changed"),
          meta: { width: 130 },
          cell: ({ getValue }) => <TimeAgo at={getValue()} />,
        }),
      ]),
    [t],
  );
}
