import type { TracePart } from "@/lib/api/types";
import { kinds } from "./filters";

/** What a trace is shown as: the part that says most about it, as the list of kinds has them, errors of pages last. */
export function mainPart(parts: readonly TracePart[]): TracePart {
  const [first, ...rest] = parts;
  if (first === undefined) throw new Error("a trace has a part");
  return rest.reduce(
    (best, part) => (kinds.indexOf(part.kind) < kinds.indexOf(best.kind) ? part : best),
    first,
  );
}
