import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useKindName } from "@/components/lifecycle/use-kind-name";
import { Facets } from "@/components/list/Facets";
import type { AssetState } from "@/lib/api/types";
import { type AssetFilters, flipped, withChosen } from "./model/filters";
import { facetsQuery } from "./queries";
import { SavedViews } from "./SavedViews";

interface Props {
  filters: AssetFilters;
  onChange(change: Partial<AssetFilters>): void;
}

const states: readonly AssetState[] = ["published", "draft", "archived"];

/** How many assets each choice would leave. The counts of a filter do not shrink by its own choice. */
export function AssetFacetColumn({ filters, onChange }: Props) {
  const { t } = useTranslation("assets");
  const kindName = useKindName();
  const { q, kind, state, tag, fault } = filters;
  const { data } = useQuery(facetsQuery({ q, kind, state, tag, fault }));
  const all = { label: t("facet.all") };
  const counted = new Map(data?.states.map(({ value, count }) => [value, count]));
  const faulty = data?.faults.find(({ value }) => value === "true")?.count ?? 0;
  return (
    <>
      <SavedViews filters={{ q, kind, state, tag, fault }} onChoose={onChange} />
      <Facets
        column
        label={t("field.kind")}
        all={all}
        options={withChosen(data?.kinds, kind).map((each) => ({ ...each, label: kindName(each.value) }))}
        chosen={kind ?? []}
        onChoose={(value) => onChange({ kind: value === undefined ? undefined : flipped(kind, value) })}
        several
      />
      <Facets
        column
        label={t("field.state")}
        all={{ label: t("facet.live") }}
        options={states.map((value) => ({
          value,
          label: t(`common:lifecycle.${value}`),
          count: data === undefined ? undefined : (counted.get(value) ?? 0),
        }))}
        chosen={state ?? []}
        onChoose={(value) =>
          onChange({ state: value === undefined ? undefined : flipped(state, value as AssetState) })
        }
        several
      />
      <Facets
        column
        label={t("facet.health")}
        all={all}
        options={[{ value: "true", label: t("fault.title"), count: data === undefined ? undefined : faulty }]}
        chosen={fault === true ? ["true"] : []}
        onChoose={(value) => onChange({ fault: value === undefined ? undefined : true })}
      />
      {(data?.tags.length ?? 0) === 0 && tag === undefined ? null : (
        <Facets
          column
          label={t("field.tags")}
          all={all}
          options={withChosen(data?.tags, tag).map((each) => ({ ...each, label: each.value }))}
          chosen={tag ?? []}
          onChoose={(value) => onChange({ tag: value === undefined ? undefined : flipped(tag, value) })}
          several
        />
      )}
    </>
  );
}
