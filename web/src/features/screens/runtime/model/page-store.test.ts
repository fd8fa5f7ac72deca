import { expect, it, vi } from "vitest";
import { csvOf } from "../effects";
import { addressOf, rowsOf } from "../queries";
import { PageStore } from "./page-store";

const store = () => new PageStore({ state: { a: 1 }, data: {}, parameters: {}, open: {} });

it("tells apart what has changed and what has not", () => {
  const page = store();
  const heard = vi.fn();
  page.subscribe(heard);
  const before = [page.versionOf(["state.a"]), page.versionOf(["state"]), page.versionOf(["state.b"])];
  page.set("state", "b", 2);
  expect(page.versionOf(["state.a"])).toBe(before[0]);
  expect(page.versionOf(["state"])).not.toBe(before[1]);
  expect(page.versionOf(["state.b"])).not.toBe(before[2]);
  page.set("state", "b", 2);
  expect(heard).toHaveBeenCalledOnce();
});

it("puts parameters into the address first", () => {
  expect(addressOf("hosts/{host}/cpu", { host: "a/b", days: 2 })).toEqual({
    url: "/runtime/hosts/a%2Fb/cpu",
    rest: { days: 2 },
  });
});

it("finds the rows of an answer", () => {
  expect(rowsOf([1])).toEqual([1]);
  expect(rowsOf({ items: [1] })).toEqual([1]);
  expect(rowsOf({ value: 1 })).toEqual([]);
  expect(rowsOf(null)).toEqual([]);
});

it("writes files that a spreadsheet reads and does not run", () => {
  expect(
    csvOf([
      { a: 'say "hi"', b: "=1+1" },
      { a: null, c: 2 },
    ]),
  ).toBe('a,b,c\r\n"say ""hi""",\'=1+1,\r\n,,2\r\n');
});
