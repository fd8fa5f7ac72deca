import { describe, expect, it, vi } from "vitest";
import { type Action, type Chain, Declined, type Effects, runChain } from "./chain";

const step = (text: string, more: Partial<Action> = {}): Action =>
  ({ do: "toast", text, tone: "info", ...more }) as Action;
const chain = (steps: Action[], policy: Chain["policy"] = "strict"): Chain => ({ steps, policy });
const start = { event: null, result: null, around: {} };
const textOf = (action: Action) => ("text" in action ? action.text : "");

function effects(fails: Record<string, number> = {}) {
  const left = { ...fails };
  const done: unknown[] = [];
  const made: Effects = {
    resolve: async (value, { result }) => (value === "{{ result }}" ? result : value === "{{ true }}"),
    perform: async (action) => {
      const name = String(textOf(action));
      if (name === "no") throw new Declined();
      if ((left[name] ?? 0) > 0) {
        left[name] = (left[name] ?? 0) - 1;
        throw new Error(`${name} failed`);
      }
      done.push(name);
      return name;
    },
    failed: vi.fn(),
    wait: vi.fn(async () => undefined),
  };
  return { made, done };
}

const outcomes = async (given: Chain, made: Effects) =>
  (await runChain(given, start, made)).map(({ outcome }) => outcome);

describe("a chain", () => {
  it("runs in order and leaves out what is not wanted", async () => {
    const { made, done } = effects();
    const steps = [step("a"), step("b", { when: "{{ false }}" }), step("c", { when: "{{ result }}" })];
    expect(await outcomes(chain(steps), made)).toEqual(["done", "left_out", "done"]);
    expect(done).toEqual(["a", "c"]);
  });

  it("ends with the first failure when it is strict, and goes on when it does its best", async () => {
    const strict = effects({ a: 1 });
    expect(await outcomes(chain([step("a"), step("b")]), strict.made)).toEqual(["failed"]);
    expect(strict.made.failed).toHaveBeenCalledOnce();
    const best = effects({ a: 1 });
    expect(await outcomes(chain([step("a"), step("b")], "best_effort"), best.made)).toEqual([
      "failed",
      "done",
    ]);
  });

  it("tries again as often as it is told, waiting longer each time", async () => {
    const { made, done } = effects({ a: 2 });
    const steps = [step("a", { retry: { times: 2, wait_ms: 100 } })];
    expect(await outcomes(chain(steps), made)).toEqual(["done"]);
    expect(made.wait).toHaveBeenNthCalledWith(2, 200);
    expect(done).toEqual(["a"]);
  });

  it("tries once more and then does something else", async () => {
    const { made, done } = effects({ a: 5 });
    const steps = [step("a", { otherwise: [step("instead")] }), step("after")];
    expect(await outcomes(chain(steps, "fallback"), made)).toEqual(["failed", "done"]);
    expect(done).toEqual(["instead"]);
    expect(made.failed).not.toHaveBeenCalled();
  });

  it("stops at a no without calling it a failure", async () => {
    const { made, done } = effects();
    expect(await outcomes(chain([step("no"), step("b")], "best_effort"), made)).toEqual(["stopped"]);
    expect(done).toEqual([]);
    expect(made.failed).not.toHaveBeenCalled();
  });
});
