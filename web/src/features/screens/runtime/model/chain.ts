/** Runs declared steps one after the other. Pure but for the effects it is handed. */
import type { components } from "@/generated/api";

type Schemas = components["schemas"];
export type Chain = Schemas["Chain"];
export type Action = NonNullable<Chain["steps"]>[number];

export interface Effects {
  /** A value of the step with its expressions filled in; sees `event` and `result`. */
  resolve(value: unknown, locals: Locals): Promise<unknown>;
  /** Does one step; what it gives is the `result` of the next. */
  perform(action: Action, locals: Locals): Promise<unknown>;
  /** A failure that nothing in the chain takes care of. */
  failed(error: unknown, action: Action): void;
  wait(ms: number): Promise<void>;
}

export interface Locals {
  event: unknown;
  result: unknown;
  /** What is around the component: `item`, `index`, `row`. */
  around: Readonly<Record<string, unknown>>;
}

export interface Ran {
  action: Action;
  outcome: "done" | "left_out" | "failed" | "stopped";
  error?: unknown;
}

/** The viewer said no. It ends the chain and is no failure. */
export class Declined extends Error {}

/** What each step came to, in order; the steps after an end are not in it. */
export async function runChain(chain: Chain, start: Locals, effects: Effects): Promise<Ran[]> {
  const log: Ran[] = [];
  await runSteps(chain.steps ?? [], chain.policy ?? "strict", start, effects, log);
  return log;
}

async function runSteps(
  steps: readonly Action[],
  policy: Chain["policy"],
  start: Locals,
  effects: Effects,
  log: Ran[],
): Promise<boolean> {
  let locals = start;
  for (const action of steps) {
    try {
      if (await leftOut(action, locals, effects)) {
        log.push({ action, outcome: "left_out" });
        continue;
      }
      const result = await tried(action, policy, locals, effects);
      locals = { ...locals, result };
      log.push({ action, outcome: "done" });
    } catch (error) {
      if (error instanceof Declined) {
        log.push({ action, outcome: "stopped" });
        return false;
      }
      log.push({ action, outcome: "failed", error });
      const otherwise = action.otherwise ?? [];
      if (otherwise.length > 0) {
        const failure = { ...locals, result: { error: messageOf(error) } };
        await runSteps(otherwise, "strict", failure, effects, log);
      } else effects.failed(error, action);
      if (policy !== "best_effort") return false;
    }
  }
  return true;
}

async function leftOut(action: Action, locals: Locals, effects: Effects): Promise<boolean> {
  if (action.when === undefined || action.when === null) return false;
  return !(await effects.resolve(action.when, locals));
}

async function tried(
  action: Action,
  policy: Chain["policy"],
  locals: Locals,
  effects: Effects,
): Promise<unknown> {
  const { times, wait_ms } = { ...{ times: policy === "fallback" ? 1 : 0, wait_ms: 500 }, ...action.retry };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await effects.perform(action, locals);
    } catch (error) {
      if (error instanceof Declined || attempt >= times) throw error;
      await effects.wait(wait_ms * 2 ** attempt);
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
