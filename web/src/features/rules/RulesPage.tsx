import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { SearchInput } from "@/components/input/SearchInput";
import { Page, PageHeader, Toolbar } from "@/components/page/Page";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { StateView } from "@/components/state/StateView";
import { SeverityBadge } from "@/components/status/SeverityBadge";
import { StatusBadge } from "@/components/status/StatusBadge";
import { TimeAgo } from "@/components/status/TimeAgo";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { Rule } from "@/lib/api/types";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useMay } from "@/lib/query/me";
import { healthOf, healthTones, sourceText } from "./model";
import { useRules } from "./queries";

const column = columnsOf<Rule>();

export default function RulesPage() {
  const { t } = useTranslation("rules");
  const may = useMay();
  const navigate = useNavigate();
  const { q }: { q?: string | undefined } = useSearch({ strict: false });
  useLiveRefresh("alerts", ["rules", "list"], 2000);
  const rules = useRules(q);
  const columns = useRuleColumns();
  const create = (
    <Button component={Link} to="/rules/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("new")}
    </Button>
  );
  const open = ({ id }: Rule, newTab: boolean) => {
    if (newTab) window.open(`/rules/${id}`, "_blank", "noopener");
    else void navigate({ to: "/rules/$ruleId", params: { ruleId: id } });
  };
  return (
    <Page
      fill
      header={<PageHeader title={t("title")} text={t("text")} actions={may("rules.write") ? create : null} />}
    >
      <Toolbar>
        <SearchInput
          key={q ?? ""}
          value={q ?? ""}
          label={t("search")}
          onSearch={(text) =>
            void navigate({ to: ".", search: (kept) => ({ ...kept, q: text === "" ? undefined : text }) })
          }
        />
      </Toolbar>
      <Panel fill>
        <StateView
          query={rules}
          isEmpty={(rows) => rows.length === 0}
          empty={
            <EmptyState
              kind={q === undefined ? "nothing" : "filtered"}
              title={t("none.title")}
              text={t("none.text")}
            />
          }
        >
          {(rows) => (
            <DataTable
              label={t("title")}
              columns={columns}
              rows={rows}
              rowId={({ id }) => id}
              onOpen={open}
              paging={rules}
            />
          )}
        </StateView>
      </Panel>
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
        column.accessor("definition.severity", {
          header: t("field.severity"),
          meta: { width: 110 },
          cell: ({ getValue }) => <SeverityBadge severity={getValue()} />,
        }),
        column.display({
          id: "watches",
          header: t("field.watches"),
          cell: ({ row }) => <code>{sourceText(row.original.definition.source)}</code>,
        }),
        column.accessor("definition.condition", {
          header: t("field.condition"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
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
