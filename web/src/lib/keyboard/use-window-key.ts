import { useEffect, useEffectEvent } from "react";

/** Hears every key that is pressed in the window while `active`. */
export function useWindowKey(onKey: (event: KeyboardEvent) => void, active: boolean): void {
  const heard = useEffectEvent(onKey);
  useEffect(() => {
    if (!active) return;
    const listener = (event: KeyboardEvent) => heard(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [active]);
}
