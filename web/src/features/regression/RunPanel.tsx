import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "@/components/page/Panel";
import { EmptyState } from "@/components/state/EmptyState";
import { ProblemNotice } from "@/components/state/ProblemNotice";
import { StateView } from "@/components/state/StateView";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import { DataTable } from "@/components/table/DataTable";
import type { GoldenLine, GoldenOutcome, GoldenRunDetail } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { useMay } from "@/lib/query/me";
import { byCategory, inOrder, outcomes, outcomeTones, progressOf } from "./model";
import { running, runQuery, useBaseline } from "./queries";
import styles from "./regression.module.css";

const column = columnsOf<GoldenLine>();

interface Props {
  id: string;
  outcome: GoldenOutcome | undefined;
  selected: string | undefined;
  onFilter(outcome: GoldenOutcome | undefined): void;
  onOpen(key: string): void;
}

/** One run: how far it is, how each category fares, and every question. */
export function RunPanel({ id, outcome, selected, onFilter, onOpen }: Props) {
  const { t } = useTranslation("regression");
  const run = useQuery(runQuery(id));
  return (
    <Panel
      title={t("run.title")}
      actions={
        <NativeSelect
          size="xs"
          aria-label={t("run.outcome")}
          value={outcome ?? ""}
          data={[
            { value: "", label: t("run.every") },
            ...outcomes.map((value) => ({ value, label: t(`outcome.${value}`) })),
          ]}
          onChange={({ currentTarget: { value } }) => onFilter(outcomes.find((one) => one === value))}
        />
      }
    >
      <StateView query={run}>
        {(data) => (
          <>
            <Head run={data} />
            <Categories run={data} />
            <Lines run={data} outcome={outcome} selected={selected} onOpen={onOpen} />
          </>
        )}
      </StateView>
    </Panel>
  );
}

type LinesProps = Pick<Props, "outcome" | "selected" | "onOpen"> & { run: GoldenRunDetail };

function Lines({ run, outcome, selected, onOpen }: LinesProps) {
  const { t } = useTranslation("regression");
  const columns = useLineColumns();
  const rows = useMemo(() => inOrder(run.results, outcome), [run.results, outcome]);
  if (rows.length === 0) return <EmptyState kind={outcome === undefined ? "nothing" : "filtered"} compact />;
  return (
    <DataTable
      label={t("run.title")}
      columns={columns}
      rows={rows}
      rowId={({ key }) => key}
      selectedId={selected}
      onOpen={({ key }) => onOpen(key)}
    />
  );
}

function Head({ run }: { run: GoldenRunDetail }) {
  const { t, i18n } = useTranslation("regression");
  const may = useMay();
  const mark = useBaseline();
  const { asked, part } = progressOf(run);
  return (
    <div className={styles.head}>
      <span>{t("run.asked", { asked, total: run.total })}</span>
      {running(run) ? (
        <progress className={styles.progress} value={part} max={1} aria-label={t("run.progress")} />
      ) : null}
      <span className={styles.quiet}>
        {t("run.clock", { at: dateTime(new Date(run.now), i18n.language) })}
      </span>
      <span className={styles.quiet}>{run.compared_with === null ? t("run.alone") : t("run.compared")}</span>
      {running(run) || !may("assets.write") ? null : (
        <Button
          size="compact-sm"
          variant="default"
          loading={mark.isPending}
          onClick={() => mark.mutate({ id: run.id, baseline: !run.baseline })}
        >
          {run.baseline ? t("run.noBaseline") : t("run.baseline")}
        </Button>
      )}
      {mark.error === null ? null : <ProblemNotice error={mark.error} />}
    </div>
  );
}

function Categories({ run }: { run: GoldenRunDetail }) {
  const { t } = useTranslation("regression");
  return (
    <ul className={styles.categories} aria-label={t("run.categories")}>
      {byCategory(run.results).map(({ category, passed, total }) => (
        <li key={category} data-tone={passed === total ? "ok" : "critical"}>
          {t(`category.${category}`, { defaultValue: category })}{" "}
          <span className="num">
            {passed}/{total}
          </span>
        </li>
      ))}
    </ul>
  );
}

function useLineColumns() {
  const { t, i18n } = useTranslation("regression");
  return useMemo(
    () =>
      column.columns([
        column.accessor("outcome", {
          header: t("run.outcome"),
          cell: ({ getValue }) => (
            <StatusBadge tone={outcomeTones[getValue()]} label={t(`outcome.${getValue()}`)} />
          ),
        }),
        column.accessor("question", {
          header: t("run.question"),
          cell: ({ row }) => <span lang={row.original.language}>{row.original.question}</span>,
        }),
        column.accessor("category", {
          header: t("run.category"),
          cell: ({ getValue }) => t(`category.${getValue()}`, { defaultValue: getValue() }),
        }),
        column.accessor("cause", {
          header: t("run.cause"),
          cell: ({ getValue }) => {
            const cause = getValue();
            return cause === null ? "" : t(`cause.${cause}`);
          },
        }),
        column.accessor("took_ms", {
          header: t("run.took"),
          meta: { align: "end" },
          cell: ({ getValue }) => <span className="num">{showText(getValue(), "ms", i18n.language)}</span>,
        }),
      ]),
    [t, i18n.language],
  );
}
