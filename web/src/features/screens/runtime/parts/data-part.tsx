import { lazy, Suspense } from "react";
import { Waiting } from "@/components/state/Waiting";
import type { Component, Of } from "../types";
import { AlertsPart } from "./alerts";
import { AnswerPart } from "./answer";
import { ListPart, LogPart, TimelinePart } from "./lists";
import { TablePart } from "./table";

const ChartPart = lazy(() => import("./chart"));
const TopologyPart = lazy(() => import("./topology"));

type Data =
  | Of<"table"> | Of<"chart"> | Of<"list"> | Of<"timeline"> | Of<"topology"> | Of<"log"> | Of<"alerts"> | Of<"answer">; // biome-ignore format: one block

/** Components that show many things; what is heavy is loaded when one is shown. */
export function DataPart({ node }: { node: Component }) {
  const data = node as Data;
  switch (data.type) {
    case "table":
      return <TablePart node={data} />;
    case "list":
      return <ListPart node={data} />;
    case "timeline":
      return <TimelinePart node={data} />;
    case "log":
      return <LogPart node={data} />;
    case "alerts":
      return <AlertsPart node={data} />;
    case "answer":
      return <AnswerPart node={data} />;
    case "chart":
      return (
        <Suspense fallback={<Waiting />}>
          <ChartPart node={data} />
        </Suspense>
      );
    default:
      return (
        <Suspense fallback={<Waiting />}>
          <TopologyPart node={data} />
        </Suspense>
      );
  }
}
