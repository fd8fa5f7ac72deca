import { expect, it } from "vitest";
import { columnsIn, fieldOf, found, sorted } from "./table";

const rows = [
  { name: "web-10", cpu: 5, at: { site: "서울" } },
  { name: "web-9", cpu: null, at: { site: "부산" } },
  { name: "app-1", cpu: 70 },
];
const names = (list: Record<string, unknown>[]) => list.map(({ name }) => name);

it("reads fields and fields of fields", () => {
  expect(fieldOf(rows[0] ?? {}, "at.site")).toBe("서울");
  expect(fieldOf({ "at.site": 1 }, "at.site")).toBe(1);
  expect(fieldOf(rows[2] ?? {}, "at.site")).toBeUndefined();
});

it("finds by any field, and by a column", () => {
  expect(names(found(rows, "부산", {}))).toEqual(["web-9"]);
  expect(names(found(rows, "", { name: "WEB" }))).toEqual(["web-10", "web-9"]);
});

it("sorts numbers as numbers and names as people do, with the missing last both ways", () => {
  expect(names(sorted(rows, { key: "name", down: false }, "en"))).toEqual(["app-1", "web-9", "web-10"]);
  expect(names(sorted(rows, { key: "cpu", down: true }, "en"))).toEqual(["app-1", "web-10", "web-9"]);
  expect(names(sorted(rows, { key: "cpu", down: false }, "en"))).toEqual(["web-10", "app-1", "web-9"]);
  expect(names(sorted(rows, null, "en"))).toEqual(["web-10", "web-9", "app-1"]);
});

it("makes columns of what rows hold", () => {
  expect(columnsIn(rows)).toEqual(["name", "cpu", "at"]);
});
