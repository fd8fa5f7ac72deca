import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { flipped, withChosen } from "@/components/list/chosen";
import { type FacetOption, Facets } from "@/components/list/Facets";
import type { ApiRunFacets, ApiRunOutcome } from "@/lib/api/types";
import type { TimeRange } from "@/lib/time/range";
import styles from "./log.module.css";
import { outcomes, type RunFilters } from "./model";
import { runFacetsQuery } from "./queries";

interface Props {
  filters: RunFilters;
  range: TimeRange;
  live: boolean;
  onChange(change: Partial<RunFilters>): void;
}

/** How many calls each choice would leave. The counts of a field do not shrink by its own choice. */
export function RunFacetColumn({ filters, range, live, onChange }: Props) {
  const { t, i18n } = useTranslation("apilog");
  const { data } = useQuery(runFacetsQuery(filters, range, live));
  const all = { label: t("facet.all") };
  const counted = new Map(data?.outcomes.map(({ value, count }) => [value, count]));
  return (
    <>
      <Facets
        column
        several
        label={t("facet.outcome")}
        all={all}
        options={outcomes.map((value) => ({
          value,
          label: t(`outcome.${value}`),
          count: data === undefined ? undefined : (counted.get(value) ?? 0),
        }))}
        chosen={filters.outcome ?? []}
        onChoose={(value) =>
          onChange({
            outcome: value === undefined ? undefined : flipped(filters.outcome, value as ApiRunOutcome),
          })
        }
      />
      {fields.map(({ of, key }) => {
        const options = named(data?.[of], filters[key], (value) =>
          key === "version"
            ? value === "0"
              ? t("draft")
              : t("common:object.version", { version: value })
            : null,
        );
        return options.length === 0 ? null : (
          <Facets
            key={key}
            column
            several
            label={t(`field.${key}`)}
            all={all}
            options={options}
            chosen={filters[key] ?? []}
            onChoose={(value) =>
              onChange({ [key]: value === undefined ? undefined : flipped(filters[key], value) })
            }
          />
        );
      })}
      {data === undefined || data.complete ? null : (
        <p className={styles.note}>
          {t("facet.newest", { count: data.counted, shown: data.counted.toLocaleString(i18n.language) })}
        </p>
      )}
    </>
  );
}

const fields = [
  { of: "apis", key: "api" },
  { of: "codes", key: "code" },
  { of: "callers", key: "caller" },
  { of: "versions", key: "version" },
  { of: "caches", key: "cache" },
] as const;

function named(
  counts: ApiRunFacets["apis"] | undefined,
  chosen: readonly string[] | undefined,
  say: (value: string) => string | null,
): FacetOption[] {
  const labels = new Map(counts?.map(({ value, label }) => [value, label]));
  return withChosen(counts, chosen).map(({ value, count }) => ({
    value,
    count,
    label: say(value) ?? labels.get(value) ?? value,
  }));
}
