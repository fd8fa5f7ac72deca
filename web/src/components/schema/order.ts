import { isObject, type Json } from "@/lib/json/pointer";
import { branchOf, fieldOf, resolved, type Schema } from "./fields";

/** The document with properties in the order in which its schema names them; what the schema does not name comes last. */
export function ordered(value: Json, schema: Schema, root: Schema = schema): Json {
  const here = resolved(schema, root);
  const field = fieldOf(here, root);
  if (field.shape === "optional") return value === null ? null : ordered(value, field.inner, root);
  if (field.shape === "union") {
    const branch = branchOf(field, value, root);
    return branch === undefined ? value : ordered(value, branch.schema, root);
  }
  if (field.shape === "list" && Array.isArray(value))
    return value.map((each) => ordered(each, field.items, root));
  if (!isObject(value)) return value;
  if (field.shape === "map")
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, ordered(each, field.values, root)]),
    );
  if (field.shape !== "group") return value;
  const known = field.properties.filter(({ name }) => Object.hasOwn(value, name));
  const rest = Object.entries(value).filter(([name]) => !known.some((property) => property.name === name));
  return Object.fromEntries([
    ...known.map((property) => [property.name, ordered(value[property.name] ?? null, property.schema, root)]),
    ...rest,
  ]);
}
