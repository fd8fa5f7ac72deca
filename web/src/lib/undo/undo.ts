/**
 * Undo and redo of one value. Pure.
 * Invariant: `present` is what is shown; `past` ends with the state before it. Typing in one place within a second is one step.
 */
export interface Step<T> {
  value: T;
  /** What the step that led away from this value did, for the button's label. */
  label: string;
}

export interface History<T> {
  past: readonly Step<T>[];
  present: T;
  future: readonly Step<T>[];
  /** The gesture that may still be added to: where it happens and when it last went on. */
  gesture: { label: string; at: number } | null;
}

const mostSteps = 50;
const pauseMs = 1000;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], gesture: null };
}

/** A change by the user; `label` names what was changed, the same label soon after goes on with the same step. */
export function edited<T>(history: History<T>, value: T, label: string, at: number): History<T> {
  const { gesture } = history;
  const goesOn = gesture !== null && gesture.label === label && at - gesture.at < pauseMs;
  const past = goesOn ? history.past : [...history.past, { value: history.present, label }].slice(-mostSteps);
  return { past, present: value, future: [], gesture: { label, at } };
}

export function undone<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: last.value,
    future: [{ value: history.present, label: last.label }, ...history.future],
    gesture: null,
  };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return {
    past: [...history.past, { value: history.present, label: next.label }],
    present: next.value,
    future,
    gesture: null,
  };
}
