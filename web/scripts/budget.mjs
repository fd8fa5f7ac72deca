// Gzipped sizes from Vite's manifest: the app shell (everything the first page loads), then what each lazy route adds.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { finish, root } from "./files.mjs";

const limits = { shellJs: 190, shellCss: 60, route: 260 };
const dist = join(root, "dist");
const manifestPath = join(dist, ".vite", "manifest.json");
if (!existsSync(manifestPath)) throw new Error("no build: run `npm run build` first");
const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));

function kilobytes(files) {
  let total = 0;
  for (const file of files) total += gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  return total / 1024;
}

/** Every js and css file that loading one chunk pulls in before any interaction. */
function closure(key, seen = new Set(), js = new Set(), css = new Set()) {
  if (seen.has(key)) return { js, css };
  seen.add(key);
  const chunk = manifest[key];
  js.add(chunk.file);
  for (const sheet of chunk.css ?? []) css.add(sheet);
  for (const imported of chunk.imports ?? []) closure(imported, seen, js, css);
  return { js, css };
}

const problems = [];
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = closure(entry);
// One language's messages and the shell layout are always loaded too.
for (const key of Object.keys(manifest)) {
  if (/^src\/locales\/ko\/index\.ts$|^src\/features\/shell\/Shell\.tsx$/.test(key)) {
    const extra = closure(key);
    for (const file of extra.js) shell.js.add(file);
    for (const file of extra.css) shell.css.add(file);
  }
}
const shellJs = kilobytes(shell.js);
const shellCss = kilobytes(shell.css);
console.log(
  `app shell: ${shellJs.toFixed(1)} KB js of ${limits.shellJs}, ${shellCss.toFixed(1)} KB css of ${limits.shellCss}`,
);
if (shellJs > limits.shellJs) problems.push(`the app shell has ${shellJs.toFixed(1)} KB js`);
if (shellCss > limits.shellCss) problems.push(`the app shell has ${shellCss.toFixed(1)} KB css`);

for (const key of Object.keys(manifest)) {
  if (!manifest[key].isDynamicEntry || !/^src\/(routes|features)\//.test(key)) continue;
  const { js, css } = closure(key);
  const added =
    kilobytes([...js].filter((f) => !shell.js.has(f))) + kilobytes([...css].filter((f) => !shell.css.has(f)));
  console.log(`${key}: +${added.toFixed(1)} KB of ${limits.route}`);
  if (added > limits.route) problems.push(`${key} adds ${added.toFixed(1)} KB`);
}
finish("budget", problems);
