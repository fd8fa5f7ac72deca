// Shared by the gates: the source files of the web app and their syntax trees.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vite";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const source = join(root, "src");

export function filesUnder(folder, matches) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules") found.push(...filesUnder(path, matches));
    } else if (matches.test(entry.name)) found.push(path);
  }
  return found;
}

export function show(path) {
  return relative(root, path);
}

export function parse(path) {
  return parseText(readFileSync(path, "utf8"), path);
}

export function parseText(text, path) {
  return parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts", sourceType: "module" });
}

/** Calls visit(node, parents) for every node of the tree. */
export function walk(node, visit, parents = []) {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit, parents);
    return;
  }
  if (node === null || typeof node !== "object" || typeof node.type !== "string") return;
  visit(node, parents);
  const path = [...parents, node];
  for (const [key, child] of Object.entries(node)) {
    if (key !== "parent" && child !== null && typeof child === "object") walk(child, visit, path);
  }
}

export function lineOf(text, offset) {
  return text.slice(0, offset).split("\n").length;
}

export function finish(name, problems) {
  if (problems.length === 0) {
    console.log(`${name}: ok`);
    return;
  }
  for (const problem of problems) console.error(`${name}: ${problem}`);
  process.exitCode = 1;
}
