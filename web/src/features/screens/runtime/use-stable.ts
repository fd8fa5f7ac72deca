import { useState } from "react";

/** The same object as long as it says the same: documents are plain JSON. */
export function useStable<T>(value: T): T {
  const text = JSON.stringify(value);
  const [kept, setKept] = useState({ text, value });
  if (kept.text === text) return kept.value;
  setKept({ text, value });
  return value;
}
