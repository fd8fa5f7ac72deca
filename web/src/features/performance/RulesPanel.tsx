import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { RulePerformance } from "@/lib/api/types";
import { compact, showText } from "@/lib/format/numbers";
import { useMay } from "@/lib/query/me";
import { Meter } from "./Meter";
import { threeOf } from "./model";
import styles from "./performance.module.css";
import { release } from "./queries";

type RuleRow = RulePerformance["rules"][number];
const column = columnsOf<RuleRow>();

/** Every rule in force, those in quarantine first, then those that took the most time. */
export function RulesPanel({ performance }: { performance: RulePerformance }) {
  const { t } = useTranslation("performance");
  const navigate = useNavigate();
  const client = useQueryClient();
  const free = useMutation({
    mutationFn: release,
    onSuccess: () => client.invalidateQueries({ queryKey: ["performance"] }),
  });
  const columns = useRuleColumns(performance.budget, free.mutate);
  return (
    <Panel title={t("rules.title")}>
      <ProblemNotice error={free.error} />
      {performance.rules.length === 0 ? (
        <EmptyState kind="nothing" compact title={t("rules.none.title")} text={t("rules.none.text")} />
      ) : (
        <DataTable
          label={t("rules.title")}
          columns={columns}
          rows={performance.rules}
          rowId={({ rule_id }) => rule_id}
          onOpen={({ rule_id }) => navigate({ to: "/rules/$ruleId", params: { ruleId: rule_id } })}
        />
      )}
    </Panel>
  );
}

function useRuleColumns(budget: RulePerformance["budget"], free: (id: string) => void) {
  const { t, i18n } = useTranslation("performance");
  const mayFree = useMay()("rules.write");
  return useMemo(() => {
    const language = i18n.language;
    const times = (of: RuleRow["cost_ms"]) => (
      <span className={`num ${styles.whole}`}>{threeOf(of, language)}</span>
    );
    const count = (name: "evaluated" | "matched" | "fired" | "late") =>
      column.accessor(name, {
        header: t(`rules.${name}`),
        meta: { align: "end" },
        cell: ({ getValue }) => <span className="num">{compact(getValue(), language)}</span>,
      });
    return column.columns([
      column.accessor("name", {
        header: t("rules.name"),
        cell: ({ row: { original } }) => <RuleName rule={original} free={mayFree ? free : null} />,
      }),
      column.accessor("kind", {
        header: t("rules.kind"),
        cell: ({ getValue }) => <span className={styles.whole}>{t(`kind.${getValue()}`)}</span>,
      }),
      count("evaluated"),
      count("matched"),
      count("fired"),
      count("late"),
      column.accessor("cost_ms", {
        header: t("rules.cost"),
        meta: { align: "end" },
        cell: ({ getValue }) => times(getValue()),
      }),
      column.accessor("delay_ms", {
        header: t("rules.delay"),
        meta: { align: "end" },
        cell: ({ getValue }) => times(getValue()),
      }),
      column.accessor("busy_keys", {
        header: t("rules.keys"),
        meta: { align: "end" },
        cell: ({ getValue }) => (
          <Meter used={getValue()} allowed={budget.busy_keys} text={compact(getValue(), language)} />
        ),
      }),
      column.accessor("memory_bytes", {
        header: t("rules.memory"),
        meta: { align: "end" },
        cell: ({ getValue }) => (
          <Meter
            used={getValue()}
            allowed={budget.memory_bytes}
            text={showText(getValue(), "bytes", language)}
          />
        ),
      }),
    ]);
  }, [t, i18n.language, budget, mayFree, free]);
}

function RuleName({ rule, free }: { rule: RuleRow; free: ((id: string) => void) | null }) {
  const { t } = useTranslation("performance");
  if (rule.quarantined_at === null) return <span className={styles.whole}>{rule.name}</span>;
  return (
    <span className={styles.name} title={rule.quarantine_reason ?? undefined}>
      {rule.name}
      <StatusBadge tone="critical" label={t("rules.quarantine")} />
      {free === null ? null : (
        <Button
          variant="default"
          size="compact-xs"
          onClick={(event) => {
            event.stopPropagation();
            free(rule.rule_id);
          }}
        >
          {t("rules.release")}
        </Button>
      )}
    </span>
  );
}
