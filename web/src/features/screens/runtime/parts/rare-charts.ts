import { GaugeChart, HeatmapChart, PieChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, VisualMapComponent } from "echarts/components";
import * as echarts from "echarts/core";

echarts.use([DataZoomComponent, GaugeChart, HeatmapChart, PieChart, ScatterChart, VisualMapComponent]);
