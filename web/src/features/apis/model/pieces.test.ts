import { describe, expect, it } from "vitest";
import { pieceOf, readPiece, withPiece } from "./pieces";
import type { Workflow } from "./workflow";

const value = (id: string, text: string) => ({ id, type: "value", value: text, x: 0, y: 0 });
const flow = {
  type: "workflow",
  nodes: [value("a", "1"), value("b", "nodes.a + 1"), value("c", "nodes.b")],
  edges: [
    { source: "a", target: "b", port: "" },
    { source: "b", target: "c", port: "" },
  ],
} as unknown as Workflow;

describe("a piece of a drawing", () => {
  it("has the edges between its nodes, and goes through a text", () => {
    const piece = pieceOf(flow, ["a", "b"]);
    expect(piece.edges).toEqual([{ source: "a", target: "b", port: "" }]);
    expect(readPiece(JSON.stringify(piece))).toEqual(piece);
    expect(pieceOf(flow, []).nodes).toHaveLength(3);
  });

  it("comes in under new ids that it uses itself", () => {
    const [next, ids] = withPiece(flow, pieceOf(flow, ["a", "b"]));
    expect(ids).toEqual(["a_2", "b_2"]);
    expect(next.nodes.slice(0, 3)).toEqual(flow.nodes);
    expect(next.nodes[4]).toMatchObject({ id: "b_2", value: "nodes.a_2 + 1", x: 40, y: 40 });
    expect(next.edges?.at(-1)).toEqual({ source: "a_2", target: "b_2", port: "" });
    expect(withPiece(next, pieceOf(flow, ["a"]))[1]).toEqual(["a_3"]);
  });

  it("keeps its ids where they are free", () => {
    const empty = { ...flow, nodes: [value("x", "1")], edges: [] } as unknown as Workflow;
    expect(withPiece(empty, pieceOf(flow, ["b"]))[1]).toEqual(["b"]);
  });

  it("is nothing else that was copied", () => {
    for (const text of [
      "",
      "hello",
      "{}",
      '{"opsloom":"nodes"',
      '{"opsloom":"nodes","nodes":[1],"edges":[]}',
    ])
      expect(readPiece(text)).toBeNull();
  });
});
