import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/lib/api/client";
import type { Aggregate, MetricsAnswer as Answer } from "@/lib/api/types";
import { onSteps, resolve, stepFor, type TimeRange } from "@/lib/time/range";

export interface MetricAsk {
  metric: string;
  itemId?: string | undefined;
  range: TimeRange;
  /** How many points a line may have; the step follows from it. */
  points?: number;
  aggregate?: Aggregate;
}

/** Samples come every five seconds: a finer step would only show holes. */
const finestS = 5;

/** A metric over a time range. The range stays relative in the key, so a refresh moves the window and keeps the old data. */
export function metricQuery({ metric, itemId, range, points = 240, aggregate = "avg" }: MetricAsk) {
  return queryOptions({
    queryKey: ["metrics", metric, itemId ?? null, range, points, aggregate],
    queryFn: ({ signal }) => {
      const span = resolve(range, new Date());
      const stepS = Math.max(finestS, stepFor(span, points));
      const { from, to } = onSteps(span, stepS);
      const body = { metric, item_id: itemId ?? null, from, to, step_s: stepS, aggregate };
      return dataOf<Answer>(
        api.POST("/api/v1/metrics/query", { body, signal }) as Promise<{ data?: Answer }>,
      );
    },
  });
}
