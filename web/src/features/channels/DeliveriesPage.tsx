import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { flipped, withChosen } from "@/components/list/chosen";
import { Facets } from "@/components/list/Facets";
import { ListPanel } from "@/components/list/ListPanel";
import { Page, PageHeader } from "@/components/page/Page";
import { EmptyState } from "@/components/state/EmptyState";
import { StatusBadge } from "@/components/status/StatusBadge";
import { columnsOf } from "@/components/table/columns";
import type { Delivery, DeliveryCounts, DeliveryQuery } from "@/lib/api/types";
import { dateTime } from "@/lib/format/times";
import { useLiveRefresh } from "@/lib/live/use-live-refresh";
import { useFilters } from "@/lib/navigation/use-filters";
import { openSelected, useSelection } from "@/lib/navigation/use-selection";
import { DeliveryDetails } from "./DeliveryDetails";
import { deliveryTones } from "./model";
import { deliveryCountsQuery, useDeliveries } from "./queries";
import { useReason } from "./reasons";

const column = columnsOf<Delivery>();

type Ticked = "status" | "channel_id" | "type" | "severity" | "reason";
type Filters = { [name in Ticked]?: string[] | undefined } & { q?: string | undefined };

/** The ledger: one line for each transition and channel, with what became of it. */
export default function DeliveriesPage() {
  const { t } = useTranslation("channels");
  const { filters, set } = useFilters<Filters>();
  useLiveRefresh("notifications", ["deliveries"], 500);
  const asked = askedBy(filters);
  const deliveries = useDeliveries(asked);
  const { selected, select, clear } = useSelection();
  return (
    <Page fill header={<PageHeader title={t("ledger.title")} text={t("ledger.text")} />}>
      <ListPanel
        label={t("ledger.title")}
        query={deliveries}
        columns={useDeliveryColumns()}
        search={{ label: t("ledger.search"), text: filters.q, onSearch: (q) => set({ q }) }}
        aside={<LedgerFacets asked={asked} onChange={set} />}
        filtered={Object.values(asked).some((value) => value !== undefined)}
        nothing={<EmptyState kind="nothing" title={t("ledger.none.title")} text={t("ledger.none.text")} />}
        selectedId={selected}
        onOpen={openSelected(select)}
      />
      {selected === undefined ? null : (
        <DeliveryDetails key={selected} id={selected} onOpen={select} onClose={clear} />
      )}
    </Page>
  );
}

function askedBy({ q, status, channel_id, type, severity, reason }: Filters): DeliveryQuery {
  const given = { q, status, channel_id, type, severity, reason };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as DeliveryQuery;
}

interface FacetsProps {
  asked: DeliveryQuery;
  onChange(change: Partial<Filters>): void;
}

const facets: readonly [Ticked, keyof DeliveryCounts][] = [
  ["status", "status"],
  ["channel_id", "channel_ids"],
  ["type", "types"],
  ["severity", "severities"],
  ["reason", "reasons"],
];

function LedgerFacets({ asked, onChange }: FacetsProps) {
  const { t } = useTranslation(["channels", "common"]);
  const reason = useReason();
  const { data } = useQuery(deliveryCountsQuery(asked));
  const wordOf = (facet: Ticked, value: string, name: string) => {
    if (facet === "status") return t(`status.${value as Delivery["status"]}`);
    if (facet === "type") return t(`type.${value as Delivery["channel_type"]}`);
    if (facet === "severity") return t(`common:severity.${value}`, { defaultValue: value });
    return facet === "reason" ? reason(value) : name;
  };
  return facets.map(([facet, counted]) => {
    const chosen = (asked[facet] ?? []) as string[];
    return (
      <Facets
        key={facet}
        column
        several
        label={t(`facet.${facet}`)}
        all={{ label: t("facet.all") }}
        chosen={chosen}
        options={withChosen(data?.[counted], chosen).map((each) => ({
          value: each.value,
          count: each.count,
          label: wordOf(facet, each.value, "name" in each ? each.name : each.value),
        }))}
        onChoose={(value) => onChange({ [facet]: value === undefined ? undefined : flipped(chosen, value) })}
      />
    );
  });
}

function useDeliveryColumns() {
  const { t, i18n } = useTranslation("channels");
  return useMemo(
    () =>
      column.columns([
        column.accessor("created_at", {
          header: t("field.at"),
          meta: { width: 180 },
          cell: ({ getValue }) => (
            <span className="num">{dateTime(new Date(getValue()), i18n.language)}</span>
          ),
        }),
        column.accessor("status", {
          header: t("field.state"),
          meta: { width: 130 },
          cell: ({ getValue }) => (
            <StatusBadge plain tone={deliveryTones[getValue()]} label={t(`status.${getValue()}`)} />
          ),
        }),
        column.accessor("title", { header: t("field.title") }),
        column.accessor("event_type", {
          header: t("field.what"),
          cell: ({ getValue }) => <code>{getValue()}</code>,
        }),
        column.accessor("channel_name", { header: t("field.channel") }),
        column.accessor("attempts", { header: t("field.attempts"), meta: { align: "end", width: 90 } }),
      ]),
    [t, i18n.language],
  );
}
