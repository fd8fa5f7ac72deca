import { describe, expect, it } from "vitest";
import {
  added,
  applied,
  clashes,
  theirsOf,
  type WordsState,
  wordPointer,
  wordsOf,
  wordsReducer,
} from "./words";

const content = {
  connection: "shop",
  tables: { "main.orders": { description: { en: "Bought" }, columns: { total: { enabled: false } } } },
};
const start: WordsState = { content, revision: 3, edits: [], conflict: null };
const ko = { pointer: wordPointer("main.orders", null, "description/ko"), value: "주문" };
const en = { pointer: wordPointer("main.orders", null, "description/en"), value: "Orders" };
const theirs = (text: string) => ({
  content: { ...content, tables: { "main.orders": { description: { en: text } } } },
  revision: 4,
  by: "Mina",
});

describe("wordsOf", () => {
  it("fills in what nobody said", () => {
    expect(wordsOf(content, "main.orders", "total")).toEqual({
      enabled: false,
      description: { en: "", ko: "" },
      synonyms: { en: [], ko: [] },
    });
    expect(wordsOf(content, "main.none", null).enabled).toBe(true);
  });
  it("finds names that hold a slash or a tilde", () => {
    const pointer = wordPointer("a/b.c~d", "x/y", "enabled");
    const changed = applied(content, [{ pointer, value: false }]);
    expect(wordsOf(changed, "a/b.c~d", "x/y").enabled).toBe(false);
  });
});

describe("edits", () => {
  it("touch their place and nothing else", () => {
    const changed = applied(content, [ko]);
    expect(changed).toEqual({
      connection: "shop",
      tables: {
        "main.orders": {
          description: { en: "Bought", ko: "주문" },
          columns: { total: { enabled: false } },
        },
      },
    });
  });
  it("at the same place replace each other", () =>
    expect(added([ko, en], { ...ko, value: "b" })).toHaveLength(2));
  it("clash only where the other side says something else", () => {
    expect(clashes(content, theirs("Sales").content, [ko])).toEqual([]);
    expect(clashes(content, theirs("Sales").content, [en])).toEqual([en]);
    expect(clashes(content, theirs("Orders").content, [en])).toEqual([]);
  });
});

describe("wordsReducer", () => {
  const edited = wordsReducer(start, { do: "edit", edit: en });
  it("keeps what was typed while a save was on its way", () => {
    const more = wordsReducer(edited, { do: "edit", edit: ko });
    const saved = wordsReducer(more, { do: "saved", content, revision: 4, sent: [en] });
    expect(saved.edits).toEqual([ko]);
    expect(saved.revision).toBe(4);
  });
  it("lays edits over another draft that left their places alone", () => {
    const other = wordsReducer(wordsReducer(start, { do: "edit", edit: ko }), {
      do: "refused",
      theirs: theirs("Sales"),
    });
    expect(other).toMatchObject({ revision: 4, edits: [ko], conflict: null });
  });
  it("asks where both changed the same place, and does as told", () => {
    const refused = wordsReducer(edited, { do: "refused", theirs: theirs("Sales") });
    expect(refused.conflict?.by).toBe("Mina");
    expect(wordsReducer(refused, { do: "settle", keep: "mine" }).edits).toEqual([en]);
    expect(wordsReducer(refused, { do: "settle", keep: "theirs" })).toMatchObject({ revision: 4, edits: [] });
  });
  it("takes up what others stored only while nothing is typed", () => {
    const loaded = { do: "loaded", content: theirs("x").content, revision: 4 } as const;
    expect(wordsReducer(start, loaded).revision).toBe(4);
    expect(wordsReducer(edited, loaded).revision).toBe(3);
    expect(wordsReducer({ ...start, revision: 5 }, loaded).revision).toBe(5);
  });
});

it("reads the other draft out of a refusal", () => {
  expect(theirsOf({ theirs: { content: {}, revision: 7, saved_by: "Mina" } })).toEqual({
    content: {},
    revision: 7,
    by: "Mina",
  });
  expect(theirsOf({})).toBeNull();
});
