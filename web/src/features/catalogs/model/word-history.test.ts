import { expect, it } from "vitest";
import { begin, redone, undone } from "@/lib/undo/undo";
import { between, changed, type Places } from "./word-history";
import { wordPointer } from "./words";

const off = wordPointer("main.orders", null, "enabled");
const words = wordPointer("main.orders", "total", "synonyms/ko");

it("goes back to what stood there, place by place, also to nothing", () => {
  let history = begin<Places>({});
  history = changed(history, { pointer: off, value: false }, true, 0);
  history = changed(history, { pointer: words, value: ["합계"] }, undefined, 5000);
  const once = undone(history);
  expect(between(history.present, once.present)).toEqual([{ pointer: words, value: undefined }]);
  const twice = undone(once);
  expect(between(once.present, twice.present)).toEqual([{ pointer: off, value: true }]);
  expect(between(twice.present, redone(twice).present)).toEqual([{ pointer: off, value: false }]);
});

it("takes typing in one place back at once, and says which", () => {
  let history = begin<Places>({});
  history = changed(history, { pointer: words, value: ["합"] }, undefined, 0);
  history = changed(history, { pointer: words, value: ["합", "계"] }, ["합"], 300);
  expect(history.past).toHaveLength(1);
  expect(history.past[0]?.label).toBe("main.orders · total · synonyms · ko");
  expect(undone(history).present[words]).toBeUndefined();
});
