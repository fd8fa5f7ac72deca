// A TS or TSX file holds at most 250 lines; over that it holds two ideas.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, finish, root, show, source } from "./files.mjs";

const limit = 250;
const paths = [...filesUnder(source, /\.(tsx?|css)$/), ...filesUnder(join(root, "e2e"), /\.ts$/)].filter(
  (path) => !path.includes("/generated/") && !path.includes("/fonts/"),
);
const problems = [];
for (const path of paths) {
  const lines = readFileSync(path, "utf8").split("\n").length - 1;
  if (lines > limit) problems.push(`${show(path)} has ${lines} lines, the limit is ${limit}`);
}
finish("sizes", problems);
