import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type {
  Incident,
  IncidentDetail,
  IncidentGrouping,
  IncidentState,
  IncidentStep,
  IncidentsSummary,
  OncallContact,
} from "@/lib/api/types";
import { type PageOf, usePaged } from "@/lib/query/paged";

export interface IncidentFilter {
  states: readonly IncidentState[];
  q?: string | undefined;
}

function incidentsPage({ states, q }: IncidentFilter, cursor: string | undefined, signal?: AbortSignal) {
  const query = { limit: 100, cursor: cursor ?? null, state: [...states], q: q ?? null };
  return dataOf<PageOf<Incident>>(
    api.GET("/api/v1/incidents", { params: { query }, ...(signal === undefined ? {} : { signal }) }),
  );
}

export function useIncidents(filter: IncidentFilter) {
  return usePaged<Incident>(["incidents", "list", filter.states, filter.q ?? null], (cursor, signal) =>
    incidentsPage(filter, cursor, signal),
  );
}

/** Those that could be merged into one: what is going on. */
export const currentQuery = queryOptions({
  queryKey: ["incidents", "current"],
  queryFn: ({ signal }) => incidentsPage({ states: ["open", "acknowledged"] }, undefined, signal),
});

export const summaryQuery = queryOptions({
  queryKey: ["incidents", "summary"],
  queryFn: ({ signal }) => dataOf<IncidentsSummary>(api.GET("/api/v1/incidents/summary", { signal })),
});

export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: ["incidents", "one", id],
    queryFn: ({ signal }) =>
      dataOf<IncidentDetail>(
        api.GET("/api/v1/incidents/{incident_id}", { params: { path: { incident_id: id } }, signal }),
      ),
  });
}

export const groupingQuery = queryOptions({
  queryKey: ["incidents", "grouping"],
  queryFn: ({ signal }) => dataOf<IncidentGrouping>(api.GET("/api/v1/incident-grouping", { signal })),
});

export const peopleQuery = queryOptions({
  queryKey: ["oncall", "contacts"],
  queryFn: ({ signal }) => dataOf<PageOf<OncallContact>>(api.GET("/api/v1/oncall-contacts", { signal })),
  staleTime: 60_000,
});

/** What is done by hand; every one of them answers the incident as it is then. */
export function useIncidentActions(id: string) {
  const client = useQueryClient();
  const params = { path: { incident_id: id } };
  const refresh = () => client.invalidateQueries({ queryKey: ["incidents"] });
  return {
    step: useMutation({
      mutationFn: (body: { step: IncidentStep; comment: string }) =>
        api.POST("/api/v1/incidents/{incident_id}/steps", { params, body }),
      onSuccess: refresh,
    }),
    change: useMutation({
      mutationFn: (body: { title?: string; assignee_id?: string | null }) =>
        api.PATCH("/api/v1/incidents/{incident_id}", { params, body }),
      onSuccess: refresh,
    }),
    merge: useMutation({
      mutationFn: (incident_ids: string[]) =>
        api.POST("/api/v1/incidents/{incident_id}/merge", { params, body: { incident_ids } }),
      onSuccess: refresh,
    }),
    split: useMutation({
      mutationFn: (alert_ids: string[]) =>
        dataOf<IncidentDetail>(
          api.POST("/api/v1/incidents/{incident_id}/split", { params, body: { alert_ids } }),
        ),
      onSuccess: refresh,
    }),
  };
}
