import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { flipped, withChosen } from "@/components/list/chosen";
import { Facets } from "@/components/list/Facets";
import { SavedViews } from "@/components/views/SavedViews";
import { api } from "@/lib/api/client";
import type { AlertFacets, Severity } from "@/lib/api/types";
import {
  type AlertFilters,
  fromView,
  isFiltered,
  isShown,
  labelValues,
  noFilters,
  toView,
} from "./model/filters";
import { facetsQuery, viewsQuery } from "./queries";

interface Props {
  filters: AlertFilters;
  onChange(change: Partial<AlertFilters>): void;
}

const severities: readonly Severity[] = ["critical", "warning", "info"];

/** How many alerts each choice would leave. The counts of a group do not shrink by its own choice. */
export function AlertFacetColumn({ filters, onChange }: Props) {
  const { t } = useTranslation("alerts");
  const { data } = useQuery(facetsQuery(filters));
  const all = { label: t("facet.all") };
  const { severity, rule, assignee } = filters;
  const counted = new Map(data?.severities.map(({ value, count }) => [value, count]));
  const named = (each: { value: string; label?: string }) => each.label ?? each.value;
  return (
    <>
      <Views filters={filters} onChange={onChange} />
      <Facets
        column
        several
        label={t("field.severity")}
        all={all}
        options={severities.map((value) => ({
          value,
          label: t(`common:severity.${value}`),
          count: data === undefined ? undefined : (counted.get(value) ?? 0),
        }))}
        chosen={severity ?? []}
        onChoose={(value) =>
          onChange({ severity: value === undefined ? undefined : flipped(severity, value as Severity) })
        }
      />
      <Facets
        column
        several
        label={t("field.rule")}
        all={all}
        options={withChosen(data?.rules, rule).map((each) => ({ ...each, label: named(each) }))}
        chosen={rule ?? []}
        onChoose={(value) => onChange({ rule: value === undefined ? undefined : flipped(rule, value) })}
      />
      <Facets
        column
        several
        label={t("field.assignee")}
        all={all}
        options={withChosen(data?.assignees, assignee).map((each) => ({
          ...each,
          label: each.value === "none" ? t("assign.nobody") : named(each),
        }))}
        chosen={assignee ?? []}
        onChoose={(value) =>
          onChange({ assignee: value === undefined ? undefined : flipped(assignee, value) })
        }
      />
      <LabelFacets data={data} filters={filters} onChange={onChange} />
    </>
  );
}

function LabelFacets({ data, filters, onChange }: Props & { data: AlertFacets | undefined }) {
  const { t } = useTranslation("alerts");
  const { label } = filters;
  return data?.labels.map(({ name, values }) => {
    const chosen = labelValues(label, name);
    return (
      <Facets
        key={name}
        column
        several
        label={name}
        all={{ label: t("facet.all") }}
        options={withChosen(values, chosen).map((each) => ({ ...each, label: each.value }))}
        chosen={chosen}
        onChoose={(value) => {
          const others = label?.filter((each) => !each.startsWith(`${name}=`));
          const rest = others === undefined || others.length === 0 ? undefined : others;
          onChange({ label: value === undefined ? rest : flipped(label, `${name}=${value}`) });
        }}
      />
    );
  });
}

function Views({ filters, onChange }: Props) {
  return (
    <SavedViews
      views={useQuery(viewsQuery)}
      store={{
        queryKey: viewsQuery.queryKey,
        keep: (name, shared) =>
          api.POST("/api/v1/alert-views", { body: { name, filters: toView(filters), shared } }),
        forget: (id) => api.DELETE("/api/v1/alert-views/{view_id}", { params: { path: { view_id: id } } }),
      }}
      isShown={(view) => isShown(view, filters)}
      filtered={isFiltered(filters)}
      onChoose={(view) => onChange({ ...noFilters, ...(view === undefined ? {} : fromView(view.filters)) })}
    />
  );
}
