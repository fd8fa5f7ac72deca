/** What people type for work that is done later. Pure. */
import { isObject, type Json } from "@/lib/json/pointer";

/** Sets of parameters: a JSON array of objects, or one JSON object a line. Null when it is neither. */
export function readItems(text: string): Record<string, unknown>[] | null {
  const plain = text.trim();
  if (plain === "") return null;
  const whole = parsed(plain);
  if (Array.isArray(whole)) return whole.every(isObject) ? (whole as Record<string, unknown>[]) : null;
  const lines = plain.split("\n").filter((line) => line.trim() !== "");
  const found = lines.map(parsed);
  return found.every((each) => each !== undefined && isObject(each))
    ? (found as Record<string, unknown>[])
    : null;
}

/** One set of parameters; nothing typed is none. */
export function readParameters(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  const found = parsed(text);
  return found !== undefined && isObject(found) ? found : null;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
