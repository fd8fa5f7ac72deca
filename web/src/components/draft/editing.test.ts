import { describe, expect, it } from "vitest";
import { type Draft, type Editing, isDirty, readKept, reduce, start, theirsOf } from "./editing";

const draft = (change: Partial<Draft> = {}): Draft => ({
  name: "a",
  description: "",
  tags: [],
  content: { n: 1 },
  ...change,
});
const edit = (state: Editing, next: Draft, at = 0) =>
  reduce(state, { do: "edit", draft: next, label: "name", at });
const begun = start(draft(), 3, null);

describe("a draft being edited", () => {
  it("is dirty until it was saved as it is", () => {
    const typed = edit(begun, draft({ name: "b" }));
    expect(isDirty(typed)).toBe(true);
    const saved = reduce(typed, { do: "saved", draft: draft({ name: "b" }), revision: 4 });
    expect(isDirty(saved)).toBe(false);
    expect(saved.revision).toBe(4);
  });

  it("stays dirty when more was typed while it was being saved", () => {
    const more = edit(edit(begun, draft({ name: "b" })), draft({ name: "bc" }));
    expect(isDirty(reduce(more, { do: "saved", draft: draft({ name: "b" }), revision: 4 }))).toBe(true);
  });

  it("is clean again when everything was undone", () =>
    expect(isDirty(reduce(edit(begun, draft({ name: "b" })), { do: "undo" }))).toBe(false));

  it("takes a merge as one more step, on their revision", () => {
    const theirs = { draft: draft({ description: "theirs" }), revision: 9, by: "them", at: "" };
    const refused = reduce(edit(begun, draft({ name: "b" })), { do: "refused", theirs });
    const merged = reduce(refused, {
      do: "merged",
      draft: draft({ name: "b", description: "theirs" }),
      at: 5000,
    });
    expect(merged).toMatchObject({ revision: 9, base: theirs.draft, conflict: null });
    expect(isDirty(merged)).toBe(true);
    expect(reduce(merged, { do: "undo" }).history.present).toEqual(draft({ name: "b" }));
  });

  it("begins anew with what somebody else saved while nothing was typed", () => {
    const adopted = reduce(begun, { do: "adopt", draft: draft({ name: "new" }), revision: 7 });
    expect(adopted).toMatchObject({ revision: 7, history: { past: [], present: { name: "new" } } });
  });
});

describe("what this browser kept", () => {
  const kept = { draft: draft({ name: "kept" }), base: draft(), revision: 3 };
  it("comes back as a change that can be undone", () => {
    const state = start(draft(), 3, kept);
    expect(state.restored).toBe(true);
    expect(state.history.present.name).toBe("kept");
    expect(reduce(state, { do: "undo" }).history.present.name).toBe("a");
  });
  it("stays on the revision that it was typed over", () => expect(start(draft(), 8, kept).revision).toBe(3));
  it("is nothing when the server has the same", () =>
    expect(start(draft({ name: "kept" }), 8, kept)).toMatchObject({ restored: false, revision: 8 }));
  it.each([null, "", "{", "[]", '{"revision":1}', '{"revision":"1","draft":{},"base":{}}'])(
    "is forgotten when it cannot be read: %s",
    (text) => expect(readKept(text)).toBeNull(),
  );
  it("is read as it was written", () => expect(readKept(JSON.stringify(kept))).toEqual(kept));
});

describe("the other side of a refusal", () => {
  it("is read from the problem's members", () => {
    const theirs = {
      name: "x",
      description: "d",
      tags: ["t"],
      content: { n: 2 },
      revision: 5,
      saved_by: "kim",
      saved_at: "now",
    };
    expect(theirsOf({ theirs })).toEqual({
      draft: { name: "x", description: "d", tags: ["t"], content: { n: 2 } },
      revision: 5,
      by: "kim",
      at: "now",
    });
  });
  it.each([{}, { theirs: null }, { theirs: { name: "x" } }])(
    "is nothing where it says nothing: %j",
    (members) => expect(theirsOf(members)).toBeNull(),
  );
});
