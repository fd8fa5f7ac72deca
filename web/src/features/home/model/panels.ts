/** Which panels the home page shows for a host, and which series each draws. Pure. */
import type { ItemDetail } from "@/lib/api/types";

export interface PanelLine {
  metric: string;
  itemId: string;
  /** Shown beside the metric's own name when a panel draws several items. */
  item: string;
}

export interface PanelSpec {
  id: "cpu" | "memory" | "load" | "storage" | "disk" | "network" | "database" | "processes";
  lines: PanelLine[];
}

type Named = { id: string; name: string };

/** More lines than this say nothing on a small panel. */
const mostItems = 4;

/** The items of one type that stand in a relation to the host, in either direction. */
export function relatedItems(host: ItemDetail, type: string): Named[] {
  const found = new Map<string, Named>();
  for (const relation of host.relations ?? []) {
    if (relation.source_id !== host.id && relation.source_type === type)
      found.set(relation.source_id, { id: relation.source_id, name: relation.source });
    if (relation.target_id !== host.id && relation.target_type === type)
      found.set(relation.target_id, { id: relation.target_id, name: relation.target });
  }
  return [...found.values()].slice(0, mostItems);
}

function cross(items: readonly Named[], metrics: readonly string[]): PanelLine[] {
  return items.flatMap(({ id, name }) => metrics.map((metric) => ({ metric, itemId: id, item: name })));
}

export function panelsOf(host: ItemDetail, databases: readonly Named[]): PanelSpec[] {
  const own = (metrics: readonly string[]) => cross([{ id: host.id, name: host.name }], metrics);
  const of = (type: string, metrics: readonly string[]) => cross(relatedItems(host, type), metrics);
  const specs: PanelSpec[] = [
    { id: "cpu", lines: own(["cpu.usage"]) },
    { id: "memory", lines: own(["memory.usage"]) },
    { id: "disk", lines: of("disk", ["disk.read_bytes_s", "disk.write_bytes_s"]) },
    { id: "network", lines: of("interface", ["network.receive_bytes_s", "network.transmit_bytes_s"]) },
    { id: "load", lines: own(["load.1m", "load.5m", "load.15m"]) },
    { id: "storage", lines: of("filesystem", ["disk.usage"]) },
    { id: "database", lines: cross(databases.slice(0, mostItems), ["postgres.transactions_s"]) },
    { id: "processes", lines: of("process", ["process.cpu_usage"]) },
  ];
  return specs.filter(({ lines }) => lines.length > 0);
}

/** Whether a panel's lines differ by item, by metric or by both: that is what their names must tell. */
export function nameParts(lines: readonly PanelLine[]): { byItem: boolean; byMetric: boolean } {
  return {
    byItem: new Set(lines.map(({ itemId }) => itemId)).size > 1,
    byMetric: new Set(lines.map(({ metric }) => metric)).size > 1,
  };
}
