/** A config as a list of names and values, to be read. Pure. */
import { isObject } from "@/lib/json/pointer";

export interface ShownSetting {
  path: string[];
  value: string;
}

const longest = 200;

/** Nested settings by their path; a secret by its name; what is empty is left out. */
export function shownConfig(config: object, above: readonly string[] = []): ShownSetting[] {
  return Object.entries(config).flatMap(([name, value]): ShownSetting[] => {
    const path = [...above, name];
    if (value === null || value === "") return [];
    if (isObject(value)) {
      const { secret } = value;
      if (typeof secret === "string" && Object.keys(value).length === 1)
        return [{ path, value: `•••••• (${secret})` }];
      return shownConfig(value, path);
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [{ path, value: text.length > longest ? `${text.slice(0, longest)}…` : text }];
  });
}
