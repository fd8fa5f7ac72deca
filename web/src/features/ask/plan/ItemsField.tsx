import { MultiSelect } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, dataOf } from "@/lib/api/client";
import type { AskPlan, Item } from "@/lib/api/types";
import type { PageOf } from "@/lib/query/paged";

interface Props {
  ids: readonly string[];
  plan: AskPlan;
  onChange(ids: readonly string[]): void;
}

/** The items a step is about, found by name; none means all that fit. */
export function ItemsField({ ids, plan, onChange }: Props) {
  const { t } = useTranslation("ask");
  const [words, setWords] = useState("");
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(
    () => new Map((plan.entities ?? []).map(({ id, name }) => [id, name])),
  );
  const found = useQuery({
    queryKey: ["items", "pick", words],
    queryFn: ({ signal }) =>
      dataOf<PageOf<Item>>(
        api.GET("/api/v1/items", {
          params: { query: { q: words === "" ? null : words, limit: 20 } },
          signal,
        }) as Promise<{ data?: PageOf<Item> }>,
      ),
    placeholderData: keepPreviousData,
  });
  const options = new Map([...seen, ...(found.data?.items ?? []).map(({ id, name }) => [id, name] as const)]);
  for (const id of ids) if (!options.has(id)) options.set(id, id);
  return (
    <MultiSelect
      size="xs"
      label={t("plan.items")}
      placeholder={ids.length === 0 ? t("reading.allItems") : ""}
      searchable
      searchValue={words}
      onSearchChange={setWords}
      value={[...ids]}
      data={[...options].map(([value, label]) => ({ value, label }))}
      onChange={(chosen) => {
        setSeen(new Map(chosen.map((id) => [id, options.get(id) ?? id])));
        onChange(chosen);
      }}
    />
  );
}
