import { describe, expect, it } from "vitest";
import { placed, placesOf, tidyPlaces } from "./layout";
import {
  edgesOf,
  nodeTypes,
  portsOf,
  refusal,
  renamed,
  type Workflow,
  withContent,
  withEdge,
  withNode,
  withoutEdge,
  withoutNode,
} from "./workflow";

const workflow = {
  type: "workflow",
  nodes: [
    { id: "disks", type: "api", api: "full-disks", arguments: { least: "params.least" } },
    { id: "any", type: "branch", cases: [{ port: "some", when: "$count(nodes.disks) > 0" }] },
    { id: "clean", type: "value", value: "nodes.disks & nodes.disks_2" },
    { id: "none", type: "value", value: "0" },
  ],
  edges: [
    { source: "disks", target: "any", port: "" },
    { source: "any", target: "clean", port: "some" },
    { source: "any", target: "none", port: "else" },
  ],
  output: "nodes.disks",
  durable: false,
} as unknown as Workflow;
const node = (of: Workflow, id: string) => of.nodes.find((each) => each.id === id);

describe("the canvas's changes", () => {
  it("adds each type of node under a free id", () => {
    let here = workflow;
    for (const type of nodeTypes) {
      const [next, id] = withNode(here, type, { x: 1, y: 2 });
      expect(node(next, id)).toMatchObject({ type, x: 1, y: 2 });
      here = next;
    }
    expect(withNode(here, "api", { x: 0, y: 0 })[1]).toBe("api_2");
    expect(new Set(here.nodes.map(({ id }) => id)).size).toBe(here.nodes.length);
  });

  it("makes a workflow that waits for a person durable", () => {
    expect(withNode(workflow, "approval", { x: 0, y: 0 })[0].durable).toBe(true);
    expect(withNode(workflow, "wait", { x: 0, y: 0 })[0].durable).toBe(false);
  });

  it("takes a node's edges away with it", () => {
    expect(edgesOf(withoutNode(workflow, "any"))).toEqual([]);
  });

  it("takes the edges of a port away with the port", () => {
    const any = node(workflow, "any");
    if (any?.type !== "branch") throw new Error("no branch");
    const next = withContent(workflow, "any", { ...any, cases: [{ port: "many", when: "true" }] });
    expect(edgesOf(next).map(({ target }) => target)).toEqual(["any", "none"]);
  });

  it("names the ports of each type", () => {
    expect(portsOf({ id: "a", type: "value", value: "1" } as never)).toEqual(["", "error"]);
    expect(portsOf({ id: "a", type: "approval", message: "'?'" } as never)).toEqual([
      "approved",
      "rejected",
      "error",
    ]);
    expect(workflow.nodes.map(portsOf)[1]).toEqual(["some", "else", "error"]);
  });

  it("follows a new id into edges and expressions, and into nothing that only looks alike", () => {
    const next = renamed(workflow, "disks", "drives");
    if (next === null) throw new Error("refused");
    expect(node(next, "clean")).toMatchObject({ value: "nodes.drives & nodes.disks_2" });
    expect(node(next, "any")).toMatchObject({ cases: [{ when: "$count(nodes.drives) > 0" }] });
    expect(next.output).toBe("nodes.drives");
    expect(edgesOf(next)[0]).toEqual({ source: "drives", target: "any", port: "" });
    expect(renamed(next, "drives", "disks")).toEqual(workflow);
  });

  it.each(["any", "", "Upper", "9", "a-b"])("does not take %j for an id", (id) =>
    expect(renamed(workflow, "disks", id)).toBeNull(),
  );

  it("refuses circles and what is there already", () => {
    expect(refusal(workflow, { source: "clean", target: "disks", port: "" })).toBe("circle");
    expect(refusal(workflow, { source: "clean", target: "clean", port: "" })).toBe("circle");
    expect(refusal(workflow, { source: "any", target: "none", port: "else" })).toBe("twice");
    const edge = { source: "clean", target: "none", port: "error" };
    expect(refusal(workflow, edge)).toBeNull();
    expect(withoutEdge(withEdge(workflow, edge), edge)).toEqual(workflow);
  });
});

describe("places", () => {
  it("puts every node right of what leads to it, and none on another", () => {
    const places = tidyPlaces(workflow);
    const x = (id: string) => places.get(id)?.x ?? Number.NaN;
    for (const { source, target } of edgesOf(workflow)) expect(x(target)).toBeGreaterThan(x(source));
    expect(new Set([...places.values()].map((place) => `${place.x} ${place.y}`)).size).toBe(4);
  });

  it("keeps places that were chosen, and tidies up what stands on one another", () => {
    const spread = placed(
      workflow,
      new Map(workflow.nodes.map(({ id }, index) => [id, { x: index * 7, y: 3 }])),
    );
    expect(placesOf(spread).get("clean")).toEqual({ x: 14, y: 3 });
    expect(placesOf(workflow)).toEqual(tidyPlaces(workflow));
  });

  it("ends on a circle that somebody typed", () => {
    const circle = {
      ...workflow,
      edges: [...edgesOf(workflow), { source: "clean", target: "disks", port: "" }],
    };
    expect(tidyPlaces(circle).size).toBe(4);
  });
});
