import { describe, expect, it } from "vitest";
import type { ItemDetail } from "@/lib/api/types";
import { nameParts, panelsOf, relatedItems } from "./panels";

type Relation = NonNullable<ItemDetail["relations"]>[number];
const relation = (source: string, sourceType: string, target: string, targetType: string): Relation =>
  ({
    id: `${source}-${target}`,
    type: "part_of",
    source_id: source,
    source,
    source_type: sourceType,
    target_id: target,
    target,
    target_type: targetType,
  }) as Relation;
const host = (relations: Relation[]): ItemDetail =>
  ({ id: "web-1", name: "web-1", type: "host", relations }) as ItemDetail;

describe("relatedItems", () => {
  it("finds items on either side of the relation, once", () => {
    const found = relatedItems(
      host([
        relation("vda", "disk", "web-1", "host"),
        relation("web-1", "host", "vdb", "disk"),
        relation("vda", "disk", "web-1", "host"),
      ]),
      "disk",
    );
    expect(found.map(({ id }) => id)).toEqual(["vda", "vdb"]);
  });
  it("never takes the host itself", () =>
    expect(
      relatedItems(host([relation("web-2", "host", "web-1", "host")]), "host").map(({ id }) => id),
    ).toEqual(["web-2"]));
  it("keeps a small panel readable", () =>
    expect(
      relatedItems(
        host(Array.from({ length: 9 }, (_, n) => relation(`d${n}`, "disk", "web-1", "host"))),
        "disk",
      ),
    ).toHaveLength(4));
});

describe("panelsOf", () => {
  it("shows what the host itself measures without any relation", () =>
    expect(panelsOf(host([]), []).map(({ id }) => id)).toEqual(["cpu", "memory", "load"]));
  it("draws read and write for each disk", () => {
    const disk = panelsOf(host([relation("vda", "disk", "web-1", "host")]), []).find(
      ({ id }) => id === "disk",
    );
    expect(disk?.lines.map(({ metric, itemId }) => `${itemId} ${metric}`)).toEqual([
      "vda disk.read_bytes_s",
      "vda disk.write_bytes_s",
    ]);
  });
});

it("shows the database beside the host", () =>
  expect(panelsOf(host([]), [{ id: "db", name: "opsloom database" }]).at(-1)?.lines).toEqual([
    { metric: "postgres.transactions_s", itemId: "db", item: "opsloom database" },
  ]));

describe("nameParts", () => {
  const line = (itemId: string, metric: string) => ({ itemId, metric, item: itemId });
  it.each([
    [[line("a", "m")], { byItem: false, byMetric: false }],
    [[line("a", "m"), line("a", "n")], { byItem: false, byMetric: true }],
    [[line("a", "m"), line("b", "m")], { byItem: true, byMetric: false }],
  ])("%j", (lines, wanted) => expect(nameParts(lines)).toEqual(wanted));
});
