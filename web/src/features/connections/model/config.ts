/**
 * A connection as a form has it: the config without its secrets, and beside it what stands at each place where the schema
 * wants a secret. Content only ever holds a secret's name. Pure.
 */
import { branchOf, fieldOf, resolved, type Schema, schemas } from "@/components/schema/fields";
import { isObject, type Json, type JsonObject, pointerOf, withValue } from "@/lib/json/pointer";

export interface SecretPlace {
  pointer: string;
  /** The last part of the pointer: what the secret is, such as "password". */
  field: string;
  required: boolean;
}

/** What a person wants at a place: a new value, a secret that the vault holds, or nothing. */
export type SecretWish = { use: "new"; value: string } | { use: "kept"; name: string };
export type SecretWishes = Readonly<Record<string, SecretWish>>;

function namesSecret(schema: Schema): boolean {
  const target = schema["$ref"];
  return typeof target === "string"
    ? target.endsWith("/SecretRef")
    : schemas(schema["anyOf"]).some(namesSecret);
}

/** The schema without the places of secrets, for a form that asks for them on its own. */
export function withoutSecrets(schema: Schema): Schema {
  const definitions = schema["$defs"];
  const plainSchema = plainObject(schema);
  if (!isObject(definitions)) return plainSchema;
  const known = Object.entries(definitions).map(([name, each]) => [name, plain(each)]);
  return { ...plainSchema, $defs: Object.fromEntries(known) };
}

const plain = (value: Json): Json => (isObject(value) ? plainObject(value) : value);

function plainObject(schema: Schema): Schema {
  const properties = schema["properties"];
  if (!isObject(properties)) return schema;
  const gone = Object.entries(properties).flatMap(([name, each]) =>
    isObject(each) && namesSecret(each) ? [name] : [],
  );
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !gone.includes(name))),
    required: required.filter((name) => !gone.includes(String(name))),
  };
}

/** Where the config, as it is now, may name a secret. */
export function secretPlaces(schema: Schema, config: Json): SecretPlace[] {
  return placesIn(schema, config, schema, []);
}

function placesIn(schema: Schema, value: Json | undefined, root: Schema, path: string[]): SecretPlace[] {
  const here = resolved(schema, root);
  const field = fieldOf(here, root);
  const own = value === undefined && "default" in here ? here["default"] : value;
  if (field.shape === "union") {
    const branch = branchOf(field, own, root);
    return branch === undefined ? [] : placesIn(branch.schema, own, root, path);
  }
  if (field.shape !== "group") return [];
  return field.properties.flatMap(({ name, schema: each, required }) => {
    const at = [...path, name];
    if (namesSecret(each)) return [{ pointer: pointerOf(at), field: name, required }];
    return placesIn(each, isObject(own) ? own[name] : undefined, root, at);
  });
}

/** A key of the letters that keys may hold; empty where the name has none of them. */
export function keyOf(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
}

/** The name a new secret gets: one that nobody else's secret has, so that no other value is written over. */
export function secretName(owner: string, field: string, taken: readonly string[]): string {
  const base = `${owner}/${field}`;
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(name)) return name;
  }
}

export interface Filled {
  config: JsonObject;
  /** New values by the names they are kept under. */
  values: Record<string, string>;
}

/** The config with its secrets by name, and the values that are still to be kept. */
export function filled(
  config: JsonObject,
  places: readonly SecretPlace[],
  wishes: SecretWishes,
  owner: string,
  taken: readonly string[],
): Filled {
  const values: Record<string, string> = {};
  let content: Json = config;
  for (const { pointer, field } of places) {
    const wish = wishes[pointer];
    if (wish === undefined || (wish.use === "new" ? wish.value : wish.name) === "") continue;
    const name =
      wish.use === "kept" ? wish.name : secretName(owner, field, [...taken, ...Object.keys(values)]);
    if (wish.use === "new") values[name] = wish.value;
    content = withValue(content, pointer, { secret: name });
  }
  return { config: content as JsonObject, values };
}

/** Places that need a secret and have none yet. */
export function unfilled(places: readonly SecretPlace[], wishes: SecretWishes): string[] {
  return places
    .filter(({ pointer, required }) => {
      const wish = wishes[pointer];
      return required && (wish === undefined || (wish.use === "new" ? wish.value : wish.name) === "");
    })
    .map(({ pointer }) => pointer);
}
