/** A plan flattened for a tree that is a list: order, depth, and what is said of a step. Pure. */
import type { SqlPlanNode } from "@/lib/api/types";

export interface PlanLine {
  node: SqlPlanNode;
  depth: number;
}

export function linesOf(node: SqlPlanNode, depth = 0): PlanLine[] {
  return [{ node, depth }, ...node.children.flatMap((child) => linesOf(child, depth + 1))];
}
