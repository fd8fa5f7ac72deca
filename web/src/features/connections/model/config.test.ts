import { describe, expect, it } from "vitest";
import { filled, keyOf, secretName, secretPlaces, unfilled, withoutSecrets } from "./config";

const ref = { $ref: "#/$defs/SecretRef" };
const schema = {
  $defs: {
    SecretRef: { type: "object", properties: { secret: { type: "string" } }, required: ["secret"] },
    NoAuth: { type: "object", properties: { type: { const: "none", default: "none" } } },
    BearerAuth: {
      type: "object",
      properties: { type: { const: "bearer", default: "bearer" }, token: ref },
      required: ["token"],
    },
  },
  type: "object",
  properties: {
    type: { const: "http", default: "http" },
    url: { type: "string" },
    password: { anyOf: [ref, { type: "null" }], default: null },
    auth: {
      discriminator: { propertyName: "type" },
      oneOf: [{ $ref: "#/$defs/NoAuth" }, { $ref: "#/$defs/BearerAuth" }],
      default: { type: "none" },
    },
  },
  required: ["url"],
};
const bearer = { type: "http", url: "https://x", auth: { type: "bearer" } };

describe("places of secrets", () => {
  it("finds those of the branch that is chosen, with whether they are needed", () => {
    expect(secretPlaces(schema, bearer)).toEqual([
      { pointer: "/password", field: "password", required: false },
      { pointer: "/auth/token", field: "token", required: true },
    ]);
  });
  it("goes by the default where the config leaves the union out", () => {
    expect(secretPlaces(schema, { url: "https://x" }).map(({ pointer }) => pointer)).toEqual(["/password"]);
  });
  it("takes them out of the form's schema, also out of what is required", () => {
    const plain = withoutSecrets(schema);
    expect(JSON.stringify(plain)).not.toContain('"#/$defs/SecretRef"');
    expect(plain).toMatchObject({
      properties: { url: {}, auth: {} },
      $defs: { BearerAuth: { required: [] } },
    });
    expect(plain).not.toHaveProperty("properties.password");
  });
});

describe("filled", () => {
  const places = secretPlaces(schema, bearer);
  it("names new values, uses kept ones, and leaves empty places out", () => {
    const found = filled(bearer, places, { "/auth/token": { use: "new", value: "s3" } }, "pay", []);
    expect(found).toEqual({
      config: { ...bearer, auth: { type: "bearer", token: { secret: "pay/token" } } },
      values: { "pay/token": "s3" },
    });
    const kept = filled(bearer, places, { "/auth/token": { use: "kept", name: "shared/key" } }, "pay", []);
    expect(kept.values).toEqual({});
    expect(kept.config).toMatchObject({ auth: { token: { secret: "shared/key" } } });
  });
  it("never takes a name that the vault holds already", () => {
    expect(secretName("pay", "token", ["pay/token", "pay/token-2"])).toBe("pay/token-3");
  });
  it("leaves the config it was given alone", () => {
    filled(bearer, places, { "/auth/token": { use: "new", value: "s3" } }, "pay", []);
    expect(bearer.auth).toEqual({ type: "bearer" });
  });
  it("tells which places still need one", () => {
    expect(unfilled(places, {})).toEqual(["/auth/token"]);
    expect(unfilled(places, { "/auth/token": { use: "new", value: "" } })).toEqual(["/auth/token"]);
    expect(unfilled(places, { "/auth/token": { use: "new", value: "x" } })).toEqual([]);
  });
});

it.each([
  ["Orders DB", "orders-db"],
  ["  Zahlungen (Prod) ", "zahlungen-prod"],
  ["주문 DB", "db"],
  ["주문", ""],
])("makes the key of %s", (name, key) => expect(keyOf(name)).toBe(key));
