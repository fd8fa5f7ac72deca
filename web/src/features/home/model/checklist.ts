import type { Api, Channel } from "@/lib/api/types";

/** The first steps after setting up, and which are done. Pure. */
export interface Facts {
  measured: boolean;
  rules: number | null;
  channels: number | null;
  apis: number | null;
  users: number | null;
}

export type StepId = "monitor" | "rule" | "channel" | "api" | "team";

export interface Step {
  id: StepId;
  done: boolean;
}

/** A step whose count is unknown (not permitted, not loaded) is left out rather than shown as open. */
export function steps(facts: Facts): Step[] {
  const counted: [StepId, number | null, number][] = [
    ["rule", facts.rules, 1],
    ["channel", facts.channels, 1],
    ["api", facts.apis, 1],
    // One user is whoever reads this.
    ["team", facts.users, 2],
  ];
  return [
    { id: "monitor", done: facts.measured },
    ...counted.flatMap(([id, count, wanted]) => (count === null ? [] : [{ id, done: count >= wanted }])),
  ];
}

export function allDone(list: readonly Step[]): boolean {
  return list.every(({ done }) => done);
}

/** A channel somebody added: the in-app one is there from the start. */
export function isAdded({ type }: Pick<Channel, "type">): boolean {
  return type !== "in_app";
}

export function isPublished({ published_version: version }: Pick<Api, "published_version">): boolean {
  return version !== null;
}
