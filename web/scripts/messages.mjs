// Korean and English are equal: same keys, same placeholders, every used key exists, no message is unused, no text outside messages.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, finish, lineOf, parse, show, source, walk } from "./files.mjs";

const locales = join(source, "locales");
const problems = [];

function flatten(value, prefix, into) {
  for (const [key, child] of Object.entries(value)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof child === "string") into.set(name, child);
    else flatten(child, name, into);
  }
  return into;
}

function load(language) {
  const all = new Map();
  for (const file of readdirSync(join(locales, language)).filter((name) => name.endsWith(".json"))) {
    const namespace = file.slice(0, -5);
    const content = JSON.parse(readFileSync(join(locales, language, file), "utf8"));
    for (const [key, text] of flatten(content, "", new Map())) all.set(`${namespace}:${key}`, text);
  }
  return all;
}

const en = load("en");
const ko = load("ko");
// English needs plural forms, Korean has one: compare without the suffix.
const plain = (key) => key.replace(/_(zero|one|two|few|many|other)$/, "");
const holes = (text) =>
  [...text.matchAll(/\{\{\s*([\w.]+)/g)]
    .map((match) => match[1])
    .sort()
    .join(",");

function compare(left, right, language) {
  const known = new Set([...right.keys()].map(plain));
  for (const [key, text] of left) {
    if (text.trim() === "") problems.push(`empty message ${key}`);
    if (!known.has(plain(key))) problems.push(`${key} is missing in ${language}`);
    const other = right.get(key);
    if (other !== undefined && holes(other) !== holes(text))
      problems.push(`${key} has other placeholders in ${language}`);
  }
}
compare(en, ko, "ko");
compare(ko, en, "en");

const known = new Set([...en.keys()].map(plain));
const used = new Set();
const usedPrefixes = [];

function namespaceOf(text) {
  const match = /useTranslation\(\s*(?:\[\s*)?["'](\w+)["']/.exec(text);
  return match?.[1];
}

function checkKey(key, path, line) {
  if (!known.has(key)) problems.push(`${show(path)}:${line} uses ${key}, which does not exist`);
  used.add(key);
}

function keyPrefix(argument, namespace) {
  const head = argument.quasis[0].value.cooked;
  return head.includes(":") ? head : `${namespace}:${head}`;
}

function checkCall(node, context) {
  const callee = node.callee;
  const name = callee.type === "Identifier" ? callee.name : callee.property?.name;
  if (name !== "t" && name !== "say") return;
  const argument = node.arguments[0];
  if (argument === undefined) return;
  const line = lineOf(context.text, node.start);
  if (argument.type === "Literal" && typeof argument.value === "string") {
    checkKey(
      argument.value.includes(":") ? argument.value : `${context.namespace}:${argument.value}`,
      context.path,
      line,
    );
  } else if (argument.type === "TemplateLiteral") {
    const prefix = keyPrefix(argument, context.namespace);
    if (![...known].some((key) => key.startsWith(prefix)))
      problems.push(`${show(context.path)}:${line} uses ${prefix}…, and no message begins so`);
    usedPrefixes.push(prefix);
  }
}

// Keys may also travel as data (`labelKey: "nav:home"`): a literal "namespace:key" counts as a use.
function checkLiteral(node, context) {
  if (typeof node.value !== "string") return;
  const match = /^([a-z]\w*):([\w.]+)$/.exec(node.value);
  if (match !== null && context.namespaces.has(match[1]))
    checkKey(node.value, context.path, lineOf(context.text, node.start));
}

const spoken = new Set([
  "title",
  "label",
  "placeholder",
  "aria-label",
  "alt",
  "description",
  "error",
  "nothingFoundMessage",
]);
// The product's own name and addresses ("/runtime/") are the same in every language.
const hasWords = (text) => !/^(Opsloom|\/\S*)$/.test(text.trim()) && /\p{L}{2,}/u.test(text);

function checkText(node, parents, context) {
  const line = () => `${show(context.path)}:${lineOf(context.text, node.start)}`;
  if (node.type === "JSXText" && hasWords(node.value)) {
    const inside = parents.findLast((p) => p.type === "JSXElement")?.openingElement.name.name;
    if (inside !== "Kbd" && inside !== "code")
      problems.push(`${line()} has text outside the messages: ${node.value.trim()}`);
  }
  if (
    node.type === "JSXAttribute" &&
    node.value?.type === "Literal" &&
    spoken.has(node.name.name) &&
    hasWords(String(node.value.value))
  )
    problems.push(`${line()} has a hard-coded ${node.name.name}: ${node.value.value}`);
}

const namespaces = new Set([...en.keys()].map((key) => key.split(":")[0]));
for (const path of filesUnder(source, /\.tsx?$/)) {
  if (/\.test\.tsx?$|\.d\.ts$/.test(path)) continue;
  const text = readFileSync(path, "utf8");
  const context = { path, text, namespace: namespaceOf(text), namespaces };
  walk(parse(path), (node, parents) => {
    if (node.type === "CallExpression") checkCall(node, context);
    if (node.type === "Literal" && parents.at(-1)?.type !== "CallExpression") checkLiteral(node, context);
    if (path.endsWith(".tsx")) checkText(node, parents, context);
  });
}
for (const key of known) {
  if (!used.has(key) && !usedPrefixes.some((prefix) => key.startsWith(prefix)))
    problems.push(`${key} is used nowhere`);
}
for (const language of ["en", "ko"]) {
  const text = language === "en" ? en : ko;
  for (const [key, value] of text) {
    if (language === "en" && /\p{Script=Hangul}/u.test(value) && !key.startsWith("shell:language"))
      problems.push(`${key} (en) holds Hangul`);
  }
}
finish("messages", problems);
