// app → routes → features → components → lib: imports go to the right only, and a feature never imports a feature.
import { dirname, resolve, sep } from "node:path";
import { filesUnder, finish, parse, show, source, walk } from "./files.mjs";

const order = ["app", "routes", "features", "components", "lib"];
// Leaves that every layer may read.
const leaves = new Set(["generated", "theme", "locales"]);

export function place(path) {
  const parts = path.slice(source.length + 1).split(sep);
  return { layer: parts[0], slice: parts[1] };
}

export function refusal(from, to) {
  if (leaves.has(to.layer)) return null;
  const fromAt = order.indexOf(from.layer);
  const toAt = order.indexOf(to.layer);
  if (from.layer === "theme") return to.layer === "lib" ? null : `theme must not import ${to.layer}`;
  if (fromAt < 0 || toAt < 0) return `unknown layer in ${from.layer} → ${to.layer}`;
  if (toAt < fromAt) return `${from.layer} must not import ${to.layer}`;
  if (from.layer === "features" && to.layer === "features" && from.slice !== to.slice)
    return `feature ${from.slice} must not import feature ${to.slice}`;
  return null;
}

function importsOf(path) {
  const names = [];
  walk(parse(path), (node) => {
    const source = node.source?.value;
    if (typeof source === "string" && /^(Import|Export)/.test(node.type)) names.push(source);
  });
  return names;
}

function target(path, name) {
  if (name.startsWith("@/")) return resolve(source, name.slice(2));
  if (name.startsWith(".")) return resolve(dirname(path), name);
  return null;
}

const problems = [];
for (const path of filesUnder(source, /\.tsx?$/)) {
  const from = place(path);
  for (const name of importsOf(path)) {
    const to = target(path, name);
    if (to === null || !to.startsWith(source + sep)) continue;
    const why = refusal(from, place(to));
    if (why !== null) problems.push(`${show(path)} imports ${name}: ${why}`);
  }
}
finish("layers", problems);
