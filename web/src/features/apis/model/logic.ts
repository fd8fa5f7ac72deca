/** The types of logic that an API can have, and what each begins as. Pure. */
import type { Flaw } from "@/components/schema/check";
import { isApiError } from "@/lib/api/problem";
import type { ApiDraft, ApiFinding } from "@/lib/api/types";
import { isObject, type Json, type JsonObject } from "@/lib/json/pointer";

export type Logic = ApiDraft["logic"];
export type LogicType = Logic["type"];
export type SqlOf = Extract<Logic, { type: "sql" | "sql_write" }>;
export type Script = Extract<Logic, { type: "script" }>;

export const logicTypes: readonly LogicType[] = ["sql", "sql_write", "http", "script", "workflow"];

const startingCode = `import db


async def main(params, input, ctx):
    rows = await db.query("select name, type from data.items order by name limit 10", {})
    return {"items": rows, "asked_by": ctx["caller"]}
`;

/** What a new API of the type begins as; for SQL the text stands in the form's own field. */
export function blankLogic(type: LogicType): Logic {
  switch (type) {
    case "sql":
      return { type, sql: "" };
    case "sql_write":
      return { type, sql: "", connection: "", max_changes: 100 };
    case "http":
      return { type, connection: "", path: "/" } as Logic;
    case "script":
      return { type, code: startingCode, connections: [], secrets: [] };
    case "workflow":
      return {
        type,
        nodes: [{ id: "first", type: "value", value: "params" }],
        edges: [],
        durable: false,
      } as unknown as Logic;
  }
}

/** Logic whose text is a statement: a query, or one that changes rows. */
export function isSql(logic: Logic): logic is SqlOf {
  return logic.type === "sql" || logic.type === "sql_write";
}

/** Whether there is something that the server could judge. */
export function isJudgeable(logic: Logic): boolean {
  if (isSql(logic)) return logic.sql.trim() !== "" && logic.connection !== "";
  if (logic.type === "script") return logic.code.trim() !== "";
  return logic.type === "http" ? logic.connection.trim() !== "" && logic.path.trim() !== "" : true;
}

/** The logic as a document. */
export function documentOf(logic: Logic): JsonObject {
  return JSON.parse(JSON.stringify(logic)) as JsonObject;
}

/** A document as logic of the same type; null for anything else. What is wrong inside, the server says. */
export function logicFrom(value: Json, type: LogicType): Logic | null {
  if (!isObject(value) || value["type"] !== type) return null;
  const usable = {
    sql: typeof value["sql"] === "string",
    sql_write: typeof value["sql"] === "string",
    script: typeof value["code"] === "string",
    http: typeof value["connection"] === "string" && typeof value["path"] === "string",
    workflow: isGraph(value),
  };
  return usable[type] ? (value as unknown as Logic) : null;
}

function isGraph({ nodes, edges }: JsonObject): boolean {
  const isNode = (node: Json) =>
    isObject(node) && typeof node["id"] === "string" && typeof node["type"] === "string";
  const isEdge = (edge: Json) =>
    isObject(edge) && typeof edge["source"] === "string" && typeof edge["target"] === "string";
  return (
    Array.isArray(nodes) &&
    nodes.every(isNode) &&
    (edges === undefined || (Array.isArray(edges) && edges.every(isEdge)))
  );
}

/** What is wrong with the logic, at its place in it: the check's findings, or why the request itself was refused. */
export function logicFlaws(error: unknown, findings: readonly ApiFinding[]): Flaw[] {
  if (!isApiError(error))
    return findings.map(({ pointer, message }) => ({ pointer: pointer.replace(/^\/logic/, ""), message }));
  return error.problem.errors
    .map(({ pointer, message }) => ({ pointer: withinLogic(pointer), message }))
    .filter((flaw) => flaw.pointer !== null) as Flaw[];
}

/** Validation names the branch it took after the place of the union: those names are no part of the document. */
function withinLogic(pointer: string): string | null {
  const found = /^(?:\/body)?\/logic(?=\/|$)/.exec(pointer);
  if (found === null) return null;
  const rest = pointer
    .slice(found[0].length)
    .replace(/^\/(?:sql_write|sql|http|script|workflow)(?=\/|$)/, "");
  return rest
    .replace(/^(\/nodes\/\d+)\/(?:api|logic|value|branch|map|wait|approval|notify)(?=\/|$)/, "$1")
    .replace(/^(\/nodes\/\d+(?:\/do)?\/logic)\/(?:sql|http|script)(?=\/|$)/, "$1")
    .replace(/^(\/pages)\/(?:cursor|link|number)(?=\/|$)/, "$1");
}

export interface CodePlace {
  line: number;
  column: number;
  message: string;
}

/** Where in a script a run broke: `/logic/code#3:12`. */
export function brokenAt(error: unknown): CodePlace[] {
  if (!isApiError(error)) return [];
  return error.problem.errors.flatMap(({ pointer, message }) => {
    const found = /^\/logic\/code#(\d+):(\d+)$/.exec(pointer);
    return found === null ? [] : [{ line: Number(found[1]), column: Number(found[2]), message }];
  });
}

/** The names that a script or a template takes from the parameters. */
export function namesUsed(logic: Logic): string[] {
  if (logic.type !== "script") return [];
  const names = [
    ...logic.code.matchAll(/\bparams(?:\[\s*["']([A-Za-z_]\w*)["']|\.get\(\s*["']([A-Za-z_]\w*)["'])/g),
  ];
  return [...new Set(names.map((match) => match[1] ?? match[2] ?? ""))];
}
