import { useTranslation } from "react-i18next";
import { flipped, withChosen } from "@/components/list/chosen";
import { Facets } from "@/components/list/Facets";
import type { EventSummary } from "@/lib/api/types";
import styles from "./events.module.css";
import { type EventFilters, type SeverityChoice, severityChoices } from "./filters";

interface Props {
  summary: EventSummary | undefined;
  filters: EventFilters;
  onChange(change: Partial<EventFilters>): void;
}

const fields = [
  { of: "types", key: "type" },
  { of: "sources", key: "source" },
  { of: "subjects", key: "subject" },
] as const;

/** How many events each choice would leave. The counts of a field do not shrink by its own choice. */
export function EventFacets({ summary, filters, onChange }: Props) {
  const { t } = useTranslation("events");
  const all = { label: t("facet.all") };
  const counted = new Map(summary?.severities.map(({ value, count }) => [value, count]));
  return (
    <>
      <Facets
        column
        several
        label={t("field.severity")}
        all={all}
        options={[...severityChoices].reverse().map((value) => ({
          value,
          label: t(`common:severity.${value}`),
          count: summary === undefined ? undefined : (counted.get(value) ?? 0),
        }))}
        chosen={filters.severity ?? []}
        onChoose={(value) =>
          onChange({
            severity: value === undefined ? undefined : flipped(filters.severity, value as SeverityChoice),
          })
        }
      />
      {fields.map(({ of, key }) => {
        const options = withChosen(summary?.[of], filters[key]).map(({ value, count }) => ({
          value,
          count,
          label: value,
        }));
        return options.length === 0 ? null : (
          <Facets
            key={key}
            column
            several
            label={t(`field.${key}`)}
            all={all}
            options={options.slice(0, 12)}
            chosen={filters[key] ?? []}
            onChoose={(value) =>
              onChange({ [key]: value === undefined ? undefined : flipped(filters[key], value) })
            }
          />
        );
      })}
      {summary === undefined || summary.complete ? null : <p className={styles.note}>{t("facet.newest")}</p>}
    </>
  );
}
