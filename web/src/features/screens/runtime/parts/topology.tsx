import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type DrawnItems, ItemsDrawing } from "@/components/graph/ItemsDrawing";
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
const most = 60;

/** The items around one, level by level; at most sixty. */
async function walk(named: string, depth: number, api: Client, signal: AbortSignal): Promise<DrawnItems> {
  const items = new Map<string, DrawnItems["nodes"][number]>();
  const edges = new Map<string, DrawnItems["edges"][number]>();
  const start = await itemId(named, api, signal);
  let level = [start];
  for (let step = 0; step <= depth && level.length > 0; step += 1) {
    const read = await Promise.all(level.map((id) => detail(id, api, signal)));
    for (const { id, name, type } of read) items.set(id, { id, name, type });
    const relations = step === depth ? [] : read.flatMap((item) => item.relations ?? []);
    for (const { id, source_id, target_id, type } of relations)
      edges.set(id, { source: source_id, target: target_id, type });
    const ends = relations.flatMap(({ source_id, target_id }) => [source_id, target_id]);
    level = [...new Set(ends)].filter((end) => !items.has(end)).slice(0, most - items.size);
  }
  return { nodes: [...items.values()], edges: [...edges.values()], focus: [start] };
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
      <ItemsDrawing label={label || t("topology")} drawn={found.data} className={styles.topology} />
    </div>
  );
}
