import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type Edge, MarkerType, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Drawing, Ends } from "@/components/graph/Drawing";
import { layout, nodeSize } from "@/components/graph/layout";
import box from "@/components/graph/node.module.css";
import { FailedState } from "@/components/state/FailedState";
import { Waiting } from "@/components/state/Waiting";
import { dataOf } from "@/lib/api/client";
import styles from "../data.module.css";
import { asText } from "../model/template";
import { type Client, usePage } from "../page";
import { itemId } from "../queries";
import type { Of, Schemas } from "../types";
import { useBound, useWords } from "../use-bound";
import { Nothing } from "./containers";

type Item = Schemas["ItemDetail"];
type ItemNode = Node<{ id: string; name: string; type: string; focus: boolean }, "item">;
const nodeTypes = { item: Box };
const most = 60;

interface Walked {
  items: { id: string; name: string; type: string }[];
  edges: { source: string; target: string; type: string }[];
}

/** The items around one, level by level; at most sixty. */
async function walk(named: string, depth: number, api: Client, signal: AbortSignal): Promise<Walked> {
  const items = new Map<string, Walked["items"][number]>();
  const edges = new Map<string, Walked["edges"][number]>();
  let level = [await itemId(named, api, signal)];
  for (let step = 0; step <= depth && level.length > 0; step += 1) {
    const read = await Promise.all(level.map((id) => detail(id, api, signal)));
    for (const { id, name, type } of read) items.set(id, { id, name, type });
    const relations = step === depth ? [] : read.flatMap((item) => item.relations ?? []);
    for (const { id, source_id, target_id, type } of relations)
      edges.set(id, { source: source_id, target: target_id, type });
    const ends = relations.flatMap(({ source_id, target_id }) => [source_id, target_id]);
    level = [...new Set(ends)].filter((end) => !items.has(end)).slice(0, most - items.size);
  }
  return { items: [...items.values()], edges: [...edges.values()] };
}

function detail(id: string, api: Client, signal: AbortSignal): Promise<Item> {
  return dataOf<Item>(api.GET("/api/v1/items/{item_id}", { params: { path: { item_id: id } }, signal }));
}

export default function TopologyPart({ node }: { node: Of<"topology"> }) {
  const { t } = useTranslation("screens");
  const { api } = usePage();
  const label = useWords(node.label);
  const item = useBound(node.item);
  const named = asText(item.value);
  const depth = node.depth ?? 1;
  const found = useQuery({
    queryKey: ["screen", "topology", named, depth],
    queryFn: ({ signal }) => walk(named, depth, api, signal),
    enabled: named !== "",
  });
  if (item.ready && named === "") return <Nothing text={t("noItem")} />;
  if (found.error !== null)
    return <FailedState compact error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Waiting lines={4} />;
  return (
    <div style={{ height: node.height ?? 360 }}>
      <Graph walked={found.data} label={label || t("topology")} />
    </div>
  );
}

function Graph({ walked, label }: { walked: Walked; label: string }) {
  const navigate = useNavigate();
  const { nodes, edges } = useMemo(() => flowOf(walked), [walked]);
  return (
    <Drawing
      label={label}
      still
      className={styles.topology ?? ""}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      onNodeClick={(_, { data }) =>
        void navigate({ to: "/inventory/$itemId", params: { itemId: data.id } as never })
      }
    />
  );
}

function flowOf({ items, edges }: Walked): { nodes: ItemNode[]; edges: Edge[] } {
  const at = new Map(items.map(({ id }, index) => [id, index]));
  const ends = edges.flatMap(({ source, target, type }) => {
    const [from, to] = [at.get(source), at.get(target)];
    return from === undefined || to === undefined ? [] : [{ source: from, target: to, type }];
  });
  const places = layout(items.length, ends, 0);
  return {
    nodes: items.map((item, index) => ({
      id: String(index),
      type: "item",
      position: places[index] ?? { x: 0, y: 0 },
      data: { ...item, focus: index === 0 },
      ...nodeSize,
    })),
    edges: ends.map(({ source, target, type }, index) => ({
      id: String(index),
      source: String(source),
      target: String(target),
      label: type,
      markerEnd: { type: MarkerType.ArrowClosed },
    })),
  };
}

function Box({ data }: NodeProps<ItemNode>) {
  return (
    <button type="button" className={box.node} data-center={data.focus || undefined}>
      <Ends>
        <span className={box.name}>{data.name}</span>
        <span className={box.kind}>{data.type}</span>
      </Ends>
    </button>
  );
}
