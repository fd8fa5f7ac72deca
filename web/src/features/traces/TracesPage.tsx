import { NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import type { TracePart } from "@/lib/api/types";
import { showText } from "@/lib/format/numbers";
import { dateTime } from "@/lib/format/times";
import { useFilters } from "@/lib/navigation/use-filters";
import { useTimeRange } from "@/lib/time/use-range";
import { KeepingLine } from "./KeepingLine";
import { toneOf } from "./looks";
import { isFiltered, readTraceFilters, type TraceFilters } from "./model/filters";
import { useTraces } from "./queries";
import { TraceFacetColumn } from "./TraceFacetColumn";
import styles from "./traces.module.css";

const slow = [10, 100, 1000, 10_000] as const;
const column = columnsOf<TracePart>();

/** What this installation did: questions, API runs, workflows, rules, deliveries, jobs, requests, and errors of pages. */
export default function TracesPage() {
  const { t } = useTranslation("traces");
  const { filters: found, set } = useFilters<TraceFilters>();
  const filters = readTraceFilters({ ...found });
  const { range } = useTimeRange();
  const traces = useTraces(filters, range);
  const navigate = useNavigate();
  const open = ({ trace_id }: TracePart, newTab: boolean) => {
    if (newTab) window.open(`/traces/${trace_id}`, "_blank", "noopener");
    else void navigate({ to: "/traces/$traceId", params: { traceId: trace_id } });
  };
  return (
    <Page fill header={<PageHeader title={t("title")} text={t("text")} />}>
      <KeepingLine />
      <ListPanel
        label={t("title")}
        query={traces}
        columns={useColumns()}
        search={{ label: t("search"), text: filters.q, onSearch: (q) => set({ q }) }}
        tools={<Slower value={filters.slower} onChange={(slower) => set({ slower })} />}
        aside={<TraceFacetColumn filters={filters} range={range} onChange={set} />}
        filtered={isFiltered(filters)}
        nothing={<EmptyState kind="nothing" title={t("none.title")} text={t("none.text")} />}
        onOpen={open}
      />
    </Page>
  );
}

function Slower({
  value,
  onChange,
}: {
  value: number | undefined;
  onChange(value: number | undefined): void;
}) {
  const { t, i18n } = useTranslation("traces");
  const known = value === undefined || slow.some((each) => each === value) ? slow : [...slow, value];
  return (
    <NativeSelect
      size="xs"
      aria-label={t("slower.label")}
      value={String(value ?? "")}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onChange(text === "" ? undefined : Number(text));
      }}
      data={[
        { value: "", label: t("slower.any") },
        ...known.map((ms) => ({
          value: String(ms),
          label: t("slower.than", { time: showText(ms, "ms", i18n.language) }),
        })),
      ]}
    />
  );
}

function useColumns() {
  const { t, i18n } = useTranslation("traces");
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
        column.accessor("kind", {
          header: t("field.kind"),
          meta: { width: 110 },
          cell: ({ getValue }) => t(`kind.${getValue()}`),
        }),
        column.accessor("name", { header: t("field.name") }),
        column.accessor("status", {
          header: t("field.status"),
          meta: { width: 170 },
          cell: ({ row: { original: part } }) => (
            <>
              <StatusBadge plain tone={toneOf[part.status]} label={t(`status.${part.status}`)} />
              {part.family === "" ? null : (
                <span className={styles.family}>
                  {t(`family.${part.family}`, { defaultValue: part.family })}
                </span>
              )}
            </>
          ),
        }),
        column.accessor("actor_name", { header: t("field.caller"), meta: { width: 110 } }),
        column.accessor("spans", { header: t("field.spans"), meta: { align: "end", width: 70 } }),
        column.accessor("duration_ms", {
          header: t("field.time"),
          meta: { align: "end", width: 90 },
          cell: ({ getValue }) => showText(getValue(), "ms", i18n.language),
        }),
      ]),
    [t, i18n.language],
  );
}
