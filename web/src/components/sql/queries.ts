import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { SqlVocabulary } from "@/lib/api/types";

/** What a statement may name, in the words of its connection's catalog. */
export function vocabularyQuery(connection: string | null) {
  return queryOptions({
    queryKey: ["apis", "vocabulary", connection],
    queryFn: async ({ signal }) =>
      (await dataOf(
        api.GET("/api/v1/apis/sql/vocabulary", { params: { query: { connection } }, signal }),
      )) as SqlVocabulary,
    staleTime: 300_000,
    retry: false,
  });
}

interface ConnectionRow {
  key: string;
  type: string;
}

/** Keys of the connections that have SQL. */
export const sqlConnectionsQuery = queryOptions({
  queryKey: ["apis", "sql-connections"],
  queryFn: async ({ signal }) => {
    const page = await dataOf<{ items: ConnectionRow[] }>(
      api.GET("/api/v1/connections", { params: { query: { limit: 200 } }, signal }),
    );
    const types = ["postgresql", "mysql", "sqlite", "duckdb", "sqlalchemy"];
    return page.items.filter(({ type }) => types.includes(type)).map(({ key }) => key);
  },
  staleTime: 60_000,
  retry: false,
});
