/** What a page knows while it is open. Parts of it change by themselves, and who reads a part hears of that part only. */
import type { DataState } from "../types";

export interface PageValues {
  state: Readonly<Record<string, unknown>>;
  data: Readonly<Record<string, DataState>>;
  parameters: Readonly<Record<string, unknown>>;
  /** Modals and drawers that are open. */
  open: Readonly<Record<string, boolean>>;
}

export class PageStore {
  private values: PageValues;
  private readonly versions = new Map<string, number>();
  private readonly listeners = new Set<() => void>();

  constructor(values: PageValues) {
    this.values = values;
  }

  readonly read = (): PageValues => this.values;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set<P extends keyof PageValues>(part: P, name: string, value: PageValues[P][string]): void {
    if (Object.is(this.values[part][name], value)) return;
    this.values = { ...this.values, [part]: { ...this.values[part], [name]: value } };
    for (const changed of [part, `${part}.${name}`])
      this.versions.set(changed, (this.versions.get(changed) ?? 0) + 1);
    for (const listener of this.listeners) listener();
  }

  /** Changes when one of these parts (`state.site`, `data`) has changed. */
  versionOf(parts: Iterable<string>): string {
    return [...parts].map((part) => `${part}:${this.versions.get(part) ?? 0}`).join(" ");
  }
}
