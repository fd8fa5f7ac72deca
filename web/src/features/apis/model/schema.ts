/** Parts of the schema of an API's definition, each as a schema of its own. Pure. */
import type { Schema } from "@/components/schema/fields";
import { isObject } from "@/lib/json/pointer";

/** The definition `name` without some properties, with everything it refers to. Null where the schema has none such. */
export function partOf(root: Schema | null, name: string, without: readonly string[]): Schema | null {
  const definitions = root?.["$defs"];
  if (!isObject(definitions)) return null;
  const part = definitions[name];
  if (!isObject(part) || !isObject(part["properties"])) return null;
  const properties = Object.fromEntries(
    Object.entries(part["properties"]).filter(([property]) => !without.includes(property)),
  );
  // The title and the text of the whole say what the panel's head says already.
  const { title: _, description: __, ...rest } = part;
  return { ...rest, properties, $defs: definitions };
}
