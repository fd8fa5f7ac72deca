import { createContext, useContext } from "react";

/** Where the shell wants the drawer to stand; null until it is on screen. */
export const InspectorPlace = createContext<HTMLElement | null>(null);

export function useInspectorPlace(): HTMLElement | null {
  return useContext(InspectorPlace);
}
