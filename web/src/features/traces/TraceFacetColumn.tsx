import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { flipped, withChosen } from "@/components/list/chosen";
import { Facets } from "@/components/list/Facets";
import type { TimeRange } from "@/lib/time/range";
import { kinds, statuses, type TraceFilters } from "./model/filters";
import { traceFacetsQuery } from "./queries";
import styles from "./traces.module.css";

interface Props {
  filters: TraceFilters;
  range: TimeRange;
  onChange(change: Partial<TraceFilters>): void;
}

const fixed = [
  { of: "kinds", key: "kind", values: kinds },
  { of: "statuses", key: "status", values: statuses },
] as const;

const found = [
  { of: "families", key: "family" },
  { of: "callers", key: "caller" },
  { of: "assets", key: "asset" },
] as const;

/** How many traces each choice would leave. The counts of a field do not shrink by its own choice. */
export function TraceFacetColumn({ filters, range, onChange }: Props) {
  const { t } = useTranslation("traces");
  const { data } = useQuery(traceFacetsQuery(filters, range));
  const choose = (key: keyof TraceFilters, value: string | undefined) =>
    onChange({
      [key]: value === undefined ? undefined : flipped(filters[key] as string[] | undefined, value),
    });
  return (
    <>
      {fixed.map(({ of, key, values }) => {
        const counted = new Map(data?.[of].map(({ value, count }) => [value, count]));
        return (
          <Facets
            key={key}
            column
            several
            label={t(`field.${key}`)}
            all={{ label: t("facet.all") }}
            options={values.map((value) => ({
              value,
              label: t(`${key}.${value}`),
              count: data === undefined ? undefined : (counted.get(value) ?? 0),
            }))}
            chosen={filters[key] ?? []}
            onChoose={(value) => choose(key, value)}
          />
        );
      })}
      {found.map(({ of, key }) => {
        const labels = new Map(data?.[of].map(({ value, label }) => [value, label]));
        const options = withChosen(data?.[of], filters[key]).map(({ value, count }) => ({
          value,
          count,
          label:
            key === "family" ? t(`family.${value}`, { defaultValue: value }) : (labels.get(value) ?? value),
        }));
        return options.length === 0 ? null : (
          <Facets
            key={key}
            column
            several
            label={t(`field.${key}`)}
            all={{ label: t("facet.all") }}
            options={options}
            chosen={filters[key] ?? []}
            onChoose={(value) => choose(key, value)}
          />
        );
      })}
      {data === undefined || data.complete ? null : (
        <p className={styles.note}>{t("facet.newest", { count: data.counted })}</p>
      )}
    </>
  );
}
