import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { SqlDrawing, SqlDrawn, SqlPlan } from "@/lib/api/types";
import { logicOf, toParameters } from "../model/form";
import type { ApiEditing } from "../use-api-form";

export function drawnQuery(sql: string, connection: string | null) {
  return queryOptions({
    queryKey: ["apis", "drawn", sql, connection],
    queryFn: ({ signal }) =>
      dataOf<SqlDrawn>(api.POST("/api/v1/apis/sql/drawing", { body: { sql, connection }, signal })),
    staleTime: 300_000,
    retry: false,
  });
}

export async function layOut(sql: string, connection: string | null): Promise<string> {
  const laid = await dataOf<{ sql: string }>(
    api.POST("/api/v1/apis/sql/layout", { body: { sql, connection } }),
  );
  return laid.sql;
}

export async function writeDrawing(drawing: SqlDrawing, connection: string | null): Promise<string> {
  const written = await dataOf<{ sql: string }>(
    api.POST("/api/v1/apis/sql/text", { body: { drawing, connection } }),
  );
  return written.sql;
}

/** The plan of what is on screen; `values` are those of the trial. */
export async function explain(
  form: ApiEditing["form"]["values"],
  values: Record<string, unknown>,
  analyze: boolean,
): Promise<SqlPlan | null> {
  const logic = logicOf(form);
  if (logic.type !== "sql") return null;
  const parameters = toParameters(form.parameters);
  return (await dataOf(
    api.POST("/api/v1/apis/sql/plan", {
      body: {
        logic,
        parameters,
        values: values as Record<string, never>,
        analyze,
        limits: { timeout_ms: Number(form.timeoutMs) || 5000 },
      } as never,
    }),
  )) as SqlPlan;
}
