import { lazy, Suspense } from "react";
import type { ChartProps } from "./EchartsChart";

const Echarts = lazy(() => import("./EchartsChart"));

/** The big chart (ECharts), loaded when the first one is shown. For sparklines and live panels use LiveChart. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height }} />}>
      <Echarts {...props} />
    </Suspense>
  );
}
