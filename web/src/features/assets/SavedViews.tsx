import { useQuery } from "@tanstack/react-query";
import { SavedViews as Views } from "@/components/views/SavedViews";
import { api } from "@/lib/api/client";
import { type AssetFilters, fromView, isFiltered, isShown, toView } from "./model/filters";
import { viewsQuery } from "./queries";

interface Props {
  filters: AssetFilters;
  onChoose(filters: AssetFilters): void;
}

const noFilters: AssetFilters = {
  q: undefined,
  kind: undefined,
  state: undefined,
  tag: undefined,
  fault: undefined,
};

/** The views of the list of assets. */
export function SavedViews({ filters, onChoose }: Props) {
  return (
    <Views
      views={useQuery(viewsQuery)}
      store={{
        queryKey: viewsQuery.queryKey,
        keep: (name, shared) =>
          api.POST("/api/v1/asset-views", { body: { name, filters: toView(filters), shared } }),
        forget: (id) => api.DELETE("/api/v1/asset-views/{view_id}", { params: { path: { view_id: id } } }),
      }}
      isShown={(view) => isShown(view, filters)}
      filtered={isFiltered(filters)}
      onChoose={(view) => onChoose({ ...noFilters, ...(view === undefined ? {} : fromView(view.filters)) })}
    />
  );
}
