import type { IncidentDetail, IncidentState } from "@/lib/api/types";
import type { Tone } from "@/theme/status";

/** What the list offers to filter by; each names the states it stands for. */
export const views = {
  current: ["open", "acknowledged"],
  open: ["open"],
  acknowledged: ["acknowledged"],
  resolved: ["resolved"],
} as const satisfies Record<string, readonly IncidentState[]>;

export type View = keyof typeof views;

export const viewNames = Object.keys(views) as View[];

export function readView(value: unknown): View {
  return typeof value === "string" && value in views ? (value as View) : "current";
}

/** How many incidents a view holds; a state the server does not count has none. */
export function countOf(view: View, states: Partial<Record<IncidentState, number>>): number {
  return views[view].reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

const tones: Record<IncidentState, Tone> = { open: "critical", acknowledged: "info", resolved: "ok" };

export function toneOf(state: IncidentState): Tone {
  return tones[state];
}

type Entry = IncidentDetail["entries"][number];

const entryTones: Partial<Record<Entry["kind"], Tone>> = {
  opened: "critical",
  reopened: "critical",
  alert_joined: "warn",
  severity_raised: "critical",
  sla_breached: "critical",
  not_escalated: "warn",
  escalated: "warn",
  acknowledged: "info",
  assigned: "info",
  resolved: "ok",
  alert_ended: "ok",
};

export function entryTone(kind: Entry["kind"]): Tone {
  return entryTones[kind] ?? "idle";
}

/** The edges of the drawing by their ends' places in the list; what leads out of the list is left out. */
export function edgesOf({ items, relations }: Pick<IncidentDetail, "items" | "relations">) {
  const place = new Map(items.map(({ id }, index) => [id, index]));
  return relations.flatMap(({ source_id, target_id, type }) => {
    const [source, target] = [place.get(source_id), place.get(target_id)];
    return source === undefined || target === undefined ? [] : [{ source, target, type }];
  });
}

/** Where the drawing begins: the item most of the alerts are about. */
export function centerOf(items: IncidentDetail["items"]): number {
  const most = Math.max(0, ...items.map(({ alerts }) => alerts));
  return Math.max(
    0,
    items.findIndex(({ alerts }) => alerts === most),
  );
}

/** Minutes and seconds until an instant, negative when it has passed. */
export function minutesUntil(at: string, now: Date): number {
  return Math.ceil((new Date(at).getTime() - now.getTime()) / 60_000);
}
