import { describe, expect, it } from "vitest";
import { offers, wordsFor } from "./completion";

const none = { en: "", ko: "" };
const column = {
  name: "total",
  type: "numeric",
  comment: "gross",
  description: { en: "What was paid", ko: "결제액" },
  synonyms: [],
};
const vocabulary = {
  dialect: "postgres",
  cataloged: true,
  tables: [
    { schema_name: "shop", name: "orders", comment: "", description: none, synonyms: ["sales"], columns: [column], foreign_keys: [] },
    { schema_name: "shop", name: "items", comment: "", description: none, synonyms: [], columns: [{ ...column, name: "price" }], foreign_keys: [] },
  ],
  functions: ["date_trunc"],
}; // biome-ignore format: a small world

describe("what is offered", () => {
  it("has the columns of the tables that are named, in people's words", () => {
    const found = offers(vocabulary, "select  from shop.orders", "ko");
    expect(found.filter(({ type }) => type === "property")).toEqual([
      { label: "total", type: "property", detail: "numeric · 결제액 · orders", boost: 10 },
    ]);
    expect(found.find(({ label }) => label === "items")?.apply).toBe("shop.items");
    expect(found.find(({ type }) => type === "function")?.apply).toBe("date_trunc(");
  });

  it("falls back to the other language, the comment, the synonyms", () => {
    expect(wordsFor({ ...column, description: { en: "", ko: "결제액" } }, "en", "")).toBe("결제액");
    expect(wordsFor({ ...column, description: none }, "en", "int")).toBe("int · gross");
    expect(wordsFor({ comment: "", description: none, synonyms: ["a", "b"] }, "en", "")).toBe("a, b");
  });
});
